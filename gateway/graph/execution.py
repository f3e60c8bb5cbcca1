"""One query from its text to its answer: read, bounded, compared with the schema, carried out.

An error stays at its field: a field whose service is away is null with an error beside it, even where the schema says
that it cannot be, and everything else answers. That is `onError: NULL` of the GraphQL specification's proposal; whoever
wants the rule in force, by which such a null takes its parents with it, sends `"onError": "PROPAGATE"`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    get_operation_ast,
    parse,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types import ExecutionContext

from gateway.graph import bounds
from gateway.graph.reading import Reading
from gateway.graph.types.roots import Mutation, Query
from kit.errors import RapportError
from kit.logs import describe, get_logger

MAX_ERRORS = 10
REMEMBERED_QUERIES = 256
REMEMBERED_LENGTH = 8_192  # of a longer one reading it again is the smaller cost

log = get_logger(__name__)


class Schema(strawberry.Schema):
    """Strawberry's, but for its log: that repeats messages and variables, which may hold what a person wrote."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:  # noqa: ARG002
        for error in errors:
            origin = error.original_error
            if origin is not None and not isinstance(origin, RapportError | GraphQLError):
                log.error("graphql_field_failed", **describe(origin))


class AlreadyRead(SchemaExtension):
    """Has Strawberry carry out the query as it was read, bounded and compared with the schema before."""

    def on_operation(self) -> Iterator[None]:
        reading: Reading = self.execution_context.context
        self.execution_context.graphql_document = reading.document
        yield

    def on_validate(self) -> Iterator[None]:
        self.execution_context.pre_execution_errors = []
        yield


class Executor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's, with the rule for errors that the caller wants."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reading: Reading = self.context_value
        self.error_propagation = reading.propagates


SCHEMA = Schema(
    query=Query,
    mutation=Mutation,
    types=[datetime],  # of the contract, though no field has one yet
    extensions=[AlreadyRead],
    execution_context_class=Executor,
)
CORE = SCHEMA._schema  # noqa: SLF001 graphql-core's own, which its functions take


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it came."""

    query: str
    variables: Mapping[str, Any]
    operation_name: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a query; `executed` is False for one that was refused before anything was looked up."""

    data: Mapping[str, Any] | None
    errors: Sequence[GraphQLError]
    executed: bool = True


def read(asked: Asked) -> DocumentNode:
    """Return the query read and found good; raise RapportError, GraphQLSyntaxError or Faulty for any other."""
    is_long = len(asked.query) > REMEMBERED_LENGTH
    document = _parse(asked.query) if is_long else _parse_once(asked.query)
    operation = get_operation_ast(document, asked.operation_name)
    if not isinstance(operation, OperationDefinitionNode):
        raise bounds.refused("operation_missing")
    bounds.check(CORE, document, operation, asked.variables)
    errors = _faults(document) if is_long else _faults_once(asked.query)
    if errors:
        raise Faulty(errors)
    return document


class Faulty(Exception):
    """A query that does not fit the schema."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__(f"{len(errors)} faults")
        self.errors = tuple(errors)


async def execute(asked: Asked, reading: Reading) -> Answer:
    """Carry out a query that was read."""
    try:
        result = await SCHEMA.execute(
            asked.query,
            variable_values=dict(asked.variables),
            context_value=reading,
            operation_name=asked.operation_name,
        )
    finally:
        reading.close()
    # Of variables that do not fit graphql-core says so before it begins: errors without a path, and no data.
    executed = result.data is not None or any(error.path for error in result.errors or ())
    return Answer(result.data, result.errors or (), executed=executed)


def _parse(query: str) -> DocumentNode:
    try:
        return parse(query, max_tokens=bounds.MAX_TOKENS)
    except GraphQLSyntaxError as error:
        if f"more than {bounds.MAX_TOKENS} tokens" in error.message:
            raise bounds.refused("too_many_tokens", limit=bounds.MAX_TOKENS) from error
        if "nested too deeply" in error.message:
            raise bounds.refused("query_too_deep", limit=bounds.MAX_DEPTH) from error
        raise


def _faults(document: DocumentNode) -> list[GraphQLError]:
    return validate(CORE, document, max_errors=MAX_ERRORS)


@lru_cache(maxsize=REMEMBERED_QUERIES)
def _parse_once(query: str) -> DocumentNode:
    return _parse(query)


@lru_cache(maxsize=REMEMBERED_QUERIES)
def _faults_once(query: str) -> list[GraphQLError]:
    return _faults(_parse_once(query))
