"""The operations of the OpenAPI documents, and a smallest good request for each, made from its schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tests.conftest import OTHER_MODEL
from tests.contract.apps import document, gateway_document, houses

DOCUMENTS = {house: document(house) for house in houses()} | {"gateway": gateway_document()}
READ, WRITE, ADMIN = "ml:read", "ml:write", "ml:admin"
READING_POSTS = {
    "/api/ml/crm/contacts/batch",
    "/api/ml/crm/accounts/batch",
    "/api/ml/similarities",
    "/api/ml/similarities/pairs",
    "/api/ml/similar/batch",
    "/api/ml/search",
    "/api/ml/sentiment/analyze",
    "/api/ml/churn/batch",
    "/api/ml/sentiment/batch",
}  # a question too long for a URL
# What these are about is named in their query, and cannot be left out by a caller who is nobody's user.
ABOUT_ONE = {"/api/ml/recommendations/contacts", "/api/ml/recommendations/introductions"}

# Bodies of which one of several fields has to be there, whichever it is.
ONE_OF_SEVERAL = {"/api/ml/sentiment/analyze": {"text": "x"}}

IN_BODIES = {"name": OTHER_MODEL}  # what must be known to the service

Ids = Mapping[str, UUID | str]


@dataclass(frozen=True)
class Operation:
    """One operation of one house's document."""

    house: str
    method: str
    path: str
    spec: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def scope(self) -> str:
        """The scope it has to ask for: reading is ml:read, changing is ml:write, keys and what serves are ml:admin."""
        if self.house == "gateway":
            return ADMIN
        if self.method == "GET" or self.path in READING_POSTS:
            return READ
        return ADMIN if "/models" in self.path else WRITE

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of its good answer."""
        good = next(answer for status, answer in self.spec["responses"].items() if status.startswith("2"))
        return resolved(self.house, good["content"]["application/json"]["schema"])

    @property
    def is_list(self) -> bool:
        """Whether it shows a page of what the workspace has."""
        return any(one["name"] == "cursor" for one in self.spec.get("parameters", ()))

    @property
    def names(self) -> set[str]:
        """The names of the ids it takes, in its path and in its body."""
        body = self.body_schema("application/json")
        in_path = {one["name"] for one in self.spec.get("parameters", ()) if one["in"] == "path"}
        if self.path in ABOUT_ONE:
            return {"contact_id"}
        return in_path | {name for name in body.get("required", ()) if name.endswith("_id")}

    @property
    def _only_values(self) -> dict[str, str]:
        """The words of its path that are the house's own, such as the name of its one model."""
        return {
            one["name"]: one["schema"].get("const") or one["schema"]["enum"][0]
            for one in self.spec.get("parameters", ())
            if one["in"] == "path" and {"const", "enum"} & one["schema"].keys()
        }

    def body_schema(self, media_type: str) -> Mapping[str, Any]:
        content = self.spec.get("requestBody", {}).get("content", {})
        return resolved(self.house, content[media_type]["schema"]) if media_type in content else {}

    def request(self, ids: Ids) -> dict[str, Any]:
        """Return the arguments of httpx's `request`; a name that `ids` lacks must first be seeded."""
        path = self.path.format_map({name: str(value) for name, value in ({**ids, **self._only_values}).items()})
        request: dict[str, Any] = {"method": self.method, "url": path}
        if self.path in ABOUT_ONE:
            request["params"] = {"contact_id": str(ids["contact_id"])}
        if schema := self.body_schema("application/json"):
            request["json"] = ONE_OF_SEVERAL.get(self.path) or smallest(self.house, schema, ids)
        elif schema := self.body_schema("multipart/form-data"):
            parts = smallest(self.house, schema, ids)
            request["files"] = {name: value for name, value in parts.items() if isinstance(value, bytes)}
            request["data"] = {name: value for name, value in parts.items() if not isinstance(value, bytes)}
        return request


EVERY_OPERATION = [
    Operation(house, method.upper(), path, spec)
    for house, described in DOCUMENTS.items()
    for path, methods in described["paths"].items()
    for method, spec in methods.items()
]
# The gateway's own, which takes tokens of outside; all others are a service's, and take those of inside.
AT_THE_DOOR = [operation for operation in EVERY_OPERATION if operation.house == "gateway"]
OPERATIONS = [operation for operation in EVERY_OPERATION if operation.house != "gateway"]
# The encoder speaks another protocol: one key, no workspace, not behind the gateway.
OURS = [operation for operation in OPERATIONS if operation.house != "encoder"]


def resolved(house: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENTS[house]["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def smallest(house: str, schema: Mapping[str, Any], ids: Ids, name: str = "") -> Any:
    """Return a smallest value that fits a schema: what is required and nothing more."""
    schema = resolved(house, schema)
    if choice := schema.get("anyOf", schema.get("oneOf")):
        return smallest(house, choice[0], ids, name)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema["type"] == "object":
        wanted = schema.get("required", ())
        return {key: smallest(house, schema["properties"][key], ids, key) for key in wanted}
    if schema["type"] == "array":
        return [smallest(house, schema["items"], ids, name)] * schema.get("minItems", 0)
    return IN_BODIES.get(name) or _smallest_scalar(schema, ids.get(name) or uuid4())


def _smallest_scalar(schema: Mapping[str, Any], known_id: UUID | str) -> Any:
    values = {
        "uuid": str(known_id),
        "file": b"first_name\nAda\n",
        "string": "x" * schema.get("minLength", 1),
        "integer": schema.get("minimum", 1),
        "number": schema.get("minimum", 1),
        "boolean": False,
    }
    return values["file" if "contentMediaType" in schema else schema.get("format", schema["type"])]
