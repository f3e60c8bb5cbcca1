"""Errors as GraphQL sends them: the problem documents of the REST API, in `extensions`, under the field they are of.

`code`, `status` and `request_id` are always there; `service` where one is to blame, `errors` where fields of the
question are, named as GraphQL names arguments.
"""

import re
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError

from gateway.graph.texts import in_language, said
from kit.errors import RapportError
from kit.http import Refused
from kit.texts import KIT, Language

_SNAKE = re.compile(r"_([a-z])")
_OURS = frozenset({"type", "title", "status", "detail", "code", "request_id", "errors"})


def as_json(error: GraphQLError, request_id: str, language: Language) -> dict[str, Any]:
    """Return an error as it is sent."""
    origin = error.original_error
    if isinstance(origin, Refused):
        message, extensions = _of_service(origin)
    elif isinstance(origin, RapportError):
        message, extensions = _of_ours(origin, language)
    elif origin is None or isinstance(origin, GraphQLError):
        message, extensions = _of_graphql(error, language)
    else:
        message, extensions = _of_fault(language)
    document: dict[str, Any] = {"message": message, "extensions": extensions | {"request_id": request_id}}
    if error.locations:
        document["locations"] = [{"line": one.line, "column": one.column} for one in error.locations]
    if error.path:
        document["path"] = error.path
    return document


def _of_service(error: Refused) -> tuple[str, dict[str, Any]]:
    """Pass on what a service said, and what it said beside: a limit, a scope."""
    problem = error.problem
    extensions = {name: value for name, value in problem.items() if name not in _OURS}
    extensions |= {"code": problem.get("code", "upstream_failed"), "status": problem.get("status", error.answered)}
    extensions |= error.extra
    if errors := problem.get("errors"):
        extensions["errors"] = [_of_field(one) for one in errors]
    return str(problem.get("detail", error.detail)), extensions


def _of_ours(error: RapportError, language: Language) -> tuple[str, dict[str, Any]]:
    extensions: dict[str, Any] = {"code": error.code, "status": error.status, **error.extra}
    if error.retry_after_s is not None:
        extensions["retry_after_s"] = error.retry_after_s
    if error.fields:
        extensions["errors"] = [_of_field(one.as_json()) for one in error.fields]
    return in_language(error.detail, language, error.code, error.extra), extensions


def _of_graphql(error: GraphQLError, language: Language) -> tuple[str, dict[str, Any]]:
    """Say of a query that is no good what graphql-core says of it, in English."""
    if isinstance(error, GraphQLSyntaxError):
        plain = in_language(said("graphql_syntax"), language, "graphql_syntax", {})
        return f"{plain} {error.message}", {"code": "graphql_syntax", "status": 400}
    return error.message, {"code": "graphql_invalid", "status": 400}


def _of_fault(language: Language) -> tuple[str, dict[str, Any]]:
    return KIT.text(language, "detail_internal_error"), {"code": "internal_error", "status": 500}


def _of_field(one: Mapping[str, Any]) -> dict[str, Any]:
    """Name a bad field of a REST request as the argument it was: #/min_score is minScore."""
    pointer = _SNAKE.sub(lambda found: found[1].upper(), str(one.get("pointer", "#")))
    return {**one, "in": "argument", "pointer": pointer}
