"""What the OpenAPI document says of the conventions every operation keeps: headers in and out, and its limits."""

from collections.abc import Iterable, Mapping
from typing import Any

from kit.asgi import BodyLimit
from kit.idempotency.middleware import MAX_LENGTH, REPLAYED
from kit.operations import Operation
from kit.texts import DEFAULT, LANGUAGES

Document = dict[str, Any]

_JSON = "application/json"


def _header(name: str, description: str, **schema: Any) -> Document:
    described = {"type": "string"} | schema
    return {"name": name, "in": "header", "required": False, "description": description, "schema": described}


ACCEPT_LANGUAGE = _header(
    "Accept-Language",
    f"Language of texts and problem titles: {', '.join(LANGUAGES)}; {DEFAULT} where none of them is wanted.",
)
IF_NONE_MATCH = _header("If-None-Match", "The ETag of an answer one has: 304 while nothing but the time has changed.")
IDEMPOTENCY_KEY = _header(
    "Idempotency-Key",
    "A new one, such as a UUID, for each thing to be done once: sent again within 24 hours, the first answer is given"
    " again. 409 `idempotency_key_in_use` while the first still runs, 422 `idempotency_key_reused` with another body.",
    minLength=1,
    maxLength=MAX_LENGTH,
)
_ETAG = {"description": "Weak validator; changes with anything but computed_at.", "schema": {"type": "string"}}
_REPLAYED = {
    "description": "`true` where the answer is that of an earlier request with the same Idempotency-Key.",
    "schema": {"type": "string", "enum": ["true"]},
}


def describe_conventions(document: Document, declared: Iterable[Operation], body_limit_bytes: BodyLimit) -> None:
    """Add to each operation what the kit does for it."""
    by_name = {(one.path, one.method.lower()): one for one in declared}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            _describe(described, by_name[path, method])
            limit_bytes = body_limit_bytes({"type": "http", "path": path, "method": method.upper()})
            if limits := _limits(document, described, limit_bytes):
                described["x-limits"] = limits


def _describe(described: Document, operation: Operation) -> None:
    described["x-scope"] = operation.scope
    parameters = [*described.get("parameters", ()), ACCEPT_LANGUAGE]
    good = next(answer for status, answer in described["responses"].items() if status.startswith("2"))
    if operation.method == "GET":
        parameters.append(IF_NONE_MATCH)
        good.setdefault("headers", {})["ETag"] = _ETAG
        described["responses"]["304"] = {"description": "Not modified", "headers": {"ETag": _ETAG}}
    if operation.is_changing_post:
        parameters.append(IDEMPOTENCY_KEY)
        good.setdefault("headers", {})[REPLAYED[0].decode().title()] = _REPLAYED
    described["parameters"] = parameters


def _limits(document: Document, described: Document, limit_bytes: int) -> dict[str, Any]:
    """Return what one request may ask for: bytes of its body, items of each list in it, items of a page."""
    limits: dict[str, Any] = {}
    if "requestBody" in described:
        schema = described["requestBody"]["content"].get(_JSON, {}).get("schema", {})
        properties: Mapping[str, Any] = _resolved(document, schema).get("properties", {})
        items = {name: one["maxItems"] for name, one in properties.items() if "maxItems" in one}
        limits = {"body_bytes": limit_bytes} | ({"items": items} if items else {})
    for parameter in described.get("parameters", ()):
        if parameter["name"] == "limit" and "maximum" in parameter["schema"]:
            limits["page_items"] = parameter["schema"]["maximum"]
    return limits


def _resolved(document: Document, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    resolved: Mapping[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return resolved
