"""What the OpenAPI document says of errors here: OpenAI's shape and statuses, where the kit describes ours."""

from typing import Any

from fastapi import FastAPI

STATUSES = {
    "400": "The body, or a field of it, is not as it must be",
    "401": "The API key is missing or wrong",
    "404": "There is no such model",
    "413": "More than one request takes",
    "503": "The model is being loaded, or has all the texts it can take",
}
ERROR: dict[str, Any] = {
    "title": "Error",
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"enum": ["invalid_request_error", "server_error"]},
                "param": {"type": ["string", "null"]},
                "code": {"type": "string"},
            },
        }
    },
}


def describe_errors(app: FastAPI) -> None:
    """Make `app.openapi()` tell what OpenAIErrors makes of a problem document."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        return _with_errors(generate())

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI documents replacing it


def _with_errors(document: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    answers = {status: {"description": what, "content": content} for status, what in STATUSES.items()}
    document["components"]["schemas"].pop("Problem", None)
    document["components"]["schemas"]["Error"] = ERROR
    document["components"].pop("responses", None)
    for path in document["paths"].values():
        for operation in path.values():
            good = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
            operation["responses"] = good | answers
    return document
