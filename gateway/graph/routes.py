"""HTTP for GraphQL: one endpoint, POST and application/json only, so that no page of another site can call it."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from graphql import GraphQLError, GraphQLSyntaxError

from gateway.graph.errors import as_json
from gateway.graph.execution import Asked, Faulty, execute, read
from gateway.graph.reading import Reading
from gateway.graph.rest import Rest, Services
from gateway.graph.schemas import GraphQLIn, GraphQLOut
from kit.auth import Identity, require
from kit.errors import RapportError
from kit.language import Reads

OF_GRAPHQL = "application/graphql-response+json"
ALWAYS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}

Reader = Annotated[Identity, Depends(require("ml:read"))]

router = APIRouter(tags=["graphql"])


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(services_of)]


@router.post("/graphql", response_model=GraphQLOut, name="graphql", summary="Ask or tell by GraphQL")
async def answer(request: Request, who: Reader, services: ServicesDep, language: Reads, body: GraphQLIn) -> Response:
    """Answer a query of the committed schema; a part that is away is null with an error, everything else answers."""
    asked = Asked(body.query, body.variables or {}, body.operation_name)
    try:
        document = read(asked)
    except (RapportError, GraphQLSyntaxError, Faulty) as error:
        return _respond(request, {"errors": _errors(request, _of(error))}, status=400)
    reading = Reading(Rest(services, who, language), document, propagates=body.on_error == "PROPAGATE")
    found = await execute(asked, reading)
    content: dict[str, Any] = {"data": found.data} if found.executed else {}
    if found.errors:
        content["errors"] = _errors(request, found.errors)
    if reading.lists:
        content["extensions"] = {"lists": reading.lists}
    return _respond(request, content, status=200 if found.executed else 400)


def _of(error: RapportError | GraphQLSyntaxError | Faulty) -> Sequence[GraphQLError]:
    match error:
        case Faulty():
            return error.errors
        case GraphQLError():
            return [error]
    return [GraphQLError(error.detail, original_error=error)]


def _errors(request: Request, errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    return [as_json(error, request.scope["request_id"], request.scope["language"]) for error in errors]


def _respond(request: Request, content: dict[str, Any], *, status: int) -> Response:
    wanted = OF_GRAPHQL in request.headers.get("accept", "")
    return Response(
        json.dumps(content, ensure_ascii=False).encode(),
        status_code=status,
        headers=ALWAYS,
        media_type=OF_GRAPHQL if wanted else "application/json",
    )
