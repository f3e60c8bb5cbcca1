"""GraphQL over HTTP on the wire: what is posted, and what is answered."""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from kit.wire import Storable

QUERY_LIMIT = 1_000_000

_QUERY = """\
query Meet($limit: Int) {
  recommendedContacts(limit: $limit) {
    score
    reason
    contact { firstName lastName churn { probability riskLevel } similar(limit: 3) { firstName similarity } }
  }
}"""
_ASKED = {"query": _QUERY, "variables": {"limit": 1}}
_AWAY = {
    "message": "churn does not answer; it is asked again soon.",
    "path": ["recommendedContacts", 0, "contact", "churn"],
    "locations": [{"line": 5, "column": 35}],
    "extensions": {"code": "service_unavailable", "status": 503, "service": "churn", "request_id": "3f2c9a1e"},
}
_CONTACT = {
    "firstName": "Richard",
    "lastName": "Shapiro",
    "churn": None,
    "similar": [{"firstName": "James", "similarity": 0.71}],
}
_ANSWERED = {
    "data": {
        "recommendedContacts": [{"score": 0.93, "reason": "3 mutual contacts: Anna, Ivan, Olga", "contact": _CONTACT}]
    },
    "errors": [_AWAY],
    "extensions": {"lists": [{"path": ["recommendedContacts"], "status": "scored", "belowMinScore": 12}]},
}
_REFUSED = {
    "errors": [
        {
            "message": "A query may be nested 15 levels deep.",
            "extensions": {"code": "query_too_deep", "status": 400, "limit": 15, "request_id": "3f2c9a1e"},
        }
    ]
}


def _sendable(variables: dict[str, Any] | None) -> dict[str, Any] | None:
    """Refuse what no service could be sent: half of a character, a number that JSON has not."""
    try:
        json.dumps(variables, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain unpaired surrogates") from None
    except ValueError:
        raise ValueError("must not contain NaN or Infinity") from None
    return variables


class GraphQLIn(BaseModel, json_schema_extra={"examples": [_ASKED]}):
    """A query of the schema in gateway/graph/schema.graphql; what else a client sends beside it is left alone."""

    query: Annotated[str, Field(min_length=1, max_length=QUERY_LIMIT), Storable]
    variables: Annotated[dict[str, Any] | None, AfterValidator(_sendable)] = None
    operation_name: str | None = Field(default=None, alias="operationName", max_length=1_000)
    on_error: Literal["NULL", "PROPAGATE"] = Field(
        default="NULL",
        alias="onError",
        description="NULL: a field with an error is null and everything else answers, also where the schema says that"
        " it cannot be null. PROPAGATE: such a null takes its parents with it, as the specification in force has it.",
    )


class ErrorOut(BaseModel):
    message: str = Field(description="the detail of the problem, in the caller's language")
    path: list[str | int] | None = Field(default=None, description="which field has no answer")
    locations: list[dict[str, int]] | None = None
    extensions: dict[str, Any] = Field(
        description="`code`, `status` and `request_id` as in a problem document; `service` that is to blame; `errors`"
        " with a pointer for each bad argument"
    )


class GraphQLOut(BaseModel, json_schema_extra={"examples": [_ANSWERED]}):
    """What GraphQL answers; without `data` the query was refused before anything was looked up (status 400)."""

    data: dict[str, Any] | None = None
    errors: list[ErrorOut] | None = None
    extensions: dict[str, Any] | None = Field(
        default=None,
        description="`lists`: what each list says of itself, by its path: status, missing, degraded, belowMinScore,"
        " nextCursor",
    )


REFUSED = {
    "description": "The body is not JSON (a problem document); or the query was refused before anything was looked up",
    "content": {"application/json": {"example": _REFUSED}},
}
