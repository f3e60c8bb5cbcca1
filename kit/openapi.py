"""The OpenAPI 3.1 document of a service: our problem documents instead of FastAPI's error shape, bearer identity."""

from typing import Any

from fastapi import FastAPI

from kit import errors
from kit.asgi import BodyLimit
from kit.conventions import describe_conventions
from kit.errors import PROBLEM_JSON, problem
from kit.examples import add_examples
from kit.operations import operations

_ANSWERS: tuple[type[errors.RapportError], ...] = (
    errors.BadRequest,
    errors.Unauthenticated,
    errors.Forbidden,
    errors.NotFound,
    errors.Conflict,
    errors.TooLarge,
    errors.UnsupportedMedia,
    errors.Invalid,
    errors.Unavailable,
)

_PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "stable name of the case, for programs"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "pointer", "detail"],
                "properties": {
                    "in": {"enum": ["body", "query", "path", "header"]},
                    "pointer": {"type": "string", "description": "JSON pointer as a URI fragment"},
                    "detail": {"type": "string"},
                    "allowed": {"type": "object", "description": "the limit or pattern that was broken"},
                },
            },
        },
    },
}


def describe_api(app: FastAPI, body_limit_bytes: BodyLimit | None) -> None:
    """Make `app.openapi()` return the document as it is committed in docs/api.

    Without a limit the app speaks another protocol, and only its errors are described.
    """
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(generate())
            if body_limit_bytes is not None:
                describe_conventions(app.openapi_schema, list(operations(app)), body_limit_bytes)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI documents replacing it


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM_SCHEMA
    components["responses"] = {kind.code: _answer(kind) for kind in _ANSWERS}
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    document["security"] = [{"bearer": []}]
    for path in document["paths"].values():
        for operation in path.values():
            operation["summary"] = _sentence(operation["summary"])
            operation["responses"].pop("422", None)
            operation["responses"] |= {
                str(kind.status): {"$ref": f"#/components/responses/{kind.code}"} for kind in _ANSWERS
            }
    add_examples(document)
    return document


def _sentence(summary: str) -> str:
    """FastAPI makes Of A Name A Title Like This; what was written by hand stays."""
    return summary.capitalize() if summary.istitle() else summary


def _answer(kind: type[errors.RapportError]) -> dict[str, Any]:
    content = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "example": problem(kind(kind.title), "3f2c9a1e"),
    }
    return {"description": kind.title, "content": {PROBLEM_JSON: content}}
