"""The one document for all: what the services and the gateway say of themselves, as a caller outside sees it.

Written to gateway/proxy/openapi.json by `make api`; the gateway serves that file and needs no service to be up for it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.proxy import limits
from gateway.proxy.app import TABLE
from gateway.proxy.settings import GatewaySettings
from kit import errors
from kit.errors import PROBLEM_JSON, problem
from tests.contract.apps import ROOT, document, gateway_document, graph_document, houses

PLACE = ROOT / "gateway" / "proxy" / "openapi.json"
INSIDE_ONLY = {"encoder"}  # the gateway does not lead to it
DESCRIPTION = """\
Who is like this person, whom should I meet, whom am I losing, how do people feel, which accounts fit.

Every request shows a token: a JWT of the CRM, or an API key made under *keys*. It names the workspace; ids of another
workspace are not there. Errors are problem documents (RFC 9457) with a `code` for programs and, for bad fields,
pointers with what is allowed. Lists are pages: go on with `next_cursor` until it is null.
"""
TAGS = {
    "workspace": "The caller's workspace: its name, language and time zone; how many facts it has.",
    "imports": "Files of people and accounts, imported by a job that reports every bad row.",
    "graph": "Who stands where among the people: communities and influence.",
    "contacts": "People: push, list, read, erase; duplicates and merges; one person's whole data.",
    "users": "The workspace's own people.",
    "accounts": "Firms.",
    "links": "Who knows whom.",
    "interactions": "What passed between people, and when.",
    "account_signals": "What was seen of an account at one moment: open roles, an engineering blog.",
    "research_runs": "What somebody found out about an account.",
    "user_interactions": "What a user did about an account.",
    "crm jobs": "Long work on the facts: imports, erasures, the graph.",
    "similar people": "Who is like whom.",
    "search": "Who answers a question in free text.",
    "interest clusters": "Which interest groups there are, and who is in them.",
    "embeddings": "How much of the workspace can be compared.",
    "embeddings models": "Which embedding models a workspace has, and which of them serves.",
    "embeddings jobs": "Long work on vectors.",
    "people to meet": "Whom somebody should meet, why, and who can introduce them.",
    "recommendations": "What recommendations stand on, and whether enough of it is there.",
    "recommendations jobs": "Long work on recommendations: finding people to meet, learning from who met whom.",
    "recommendations models": "Versions of the model that orders people, and which serves.",
    "graphql": "The same answers as GraphQL: people with all that is said of them, in one request.",
    "churn": "Who is drifting away, why, and what to do about it; what was said before, and how it came true.",
    "churn jobs": "Long work on ties: scoring them all, looking back, learning.",
    "churn models": "Versions of the model of silence, and which serves.",
    "sentiment": "How people feel: the tone of relationships and of any text, in English and Russian.",
    "sentiment jobs": "Long work on tones: reading everybody's.",
    "sentiment models": "Versions of the model that reads texts, and which serves.",
    "keys": "API keys for programs; only ml:admin makes, sees or revokes them.",
}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A JWT of the CRM, or an API key (`rk_…`).",
}
# What the gateway itself may answer to any request, beside what the services say.
AT_THE_DOOR: tuple[type[errors.RapportError], ...] = (
    errors.RateLimited,
    errors.UpstreamFailed,
    errors.UpstreamTimeout,
)
STRING = {"type": "string"}
HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit-Policy": {
        "description": "The limits that count here (draft-ietf-httpapi-ratelimit-headers-10): for each its name, the"
        " units one may use at once (`q`) and the seconds in which an empty bucket fills (`w`). `token` and"
        " `workspace`, or `address` for whoever shows no valid token. An operation takes `x-limits.cost` units.",
        "schema": STRING,
    },
    "RateLimit": {
        "description": "Of each limit the units that are left (`r`) and the seconds until all are back (`t`).",
        "schema": STRING,
    },
    "Retry-After": {
        "description": "Whole seconds after which the request may be sent again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": "1",
    },
}
ON_EVERY_ANSWER = ("RateLimit-Policy", "RateLimit")
# Which answers say when to come back: always, or where the case is one that passes.
COME_BACK: tuple[type[errors.RapportError], ...] = (errors.RateLimited, errors.Unavailable, errors.Conflict)
_REF = re.compile(r"^#/components/schemas/(.+)$")


def merged() -> dict[str, Any]:
    """Return the document; schemas of one name that differ get their house's name in front."""
    documents = {house: document(house) for house in houses() if house not in INSIDE_ONLY}
    documents |= {"gateway": gateway_document(), "graph": graph_document()}
    ambiguous = clashing(documents.values())
    parts = [renamed(house, described, ambiguous) for house, described in documents.items()]
    used = {tag for part in parts for operation in _operations(part) for tag in operation["tags"]}
    whole: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Rapport", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "/", "description": "this gateway"}],
        "security": [{"bearer": []}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items() if name in used],
        "paths": {path: methods for part in parts for path, methods in part["paths"].items()},
        "components": {
            "securitySchemes": {"bearer": BEARER},
            "schemas": {name: one for part in parts for name, one in part["components"]["schemas"].items()},
            "responses": {name: one for part in parts for name, one in part["components"]["responses"].items()},
            "headers": _headers(),
        },
    }
    _add_answers_of_the_door(whole)
    _add_headers_of_the_door(whole)
    _add_costs(whole)
    _mark_files(whole)
    return whole


def clashing(documents: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the names that stand for different schemas in different documents."""
    seen: dict[str, str] = {}
    found = set()
    for described in documents:
        for name, schema in described["components"]["schemas"].items():
            text = json.dumps(schema, sort_keys=True)
            if seen.setdefault(name, text) != text:
                found.add(name)
    return found


def renamed(house: str, described: Mapping[str, Any], ambiguous: set[str]) -> dict[str, Any]:
    """Return a document whose ambiguous schemas have its house's name in front."""
    names = {name: f"{house.capitalize()}{name}" if name in ambiguous else name for name in _schemas(described)}
    part: dict[str, Any] = _pointing(described, names)
    part["components"]["schemas"] = {names[name]: one | {"title": names[name]} for name, one in _schemas(part).items()}
    return part


def _schemas(described: Mapping[str, Any]) -> dict[str, Any]:
    schemas: dict[str, Any] = described["components"]["schemas"]
    return schemas


def _pointing(value: Any, names: Mapping[str, str]) -> Any:
    """Return a copy whose references use the new names."""
    if isinstance(value, list):
        return [_pointing(one, names) for one in value]
    if isinstance(value, dict):
        return {key: _pointing(one, names) for key, one in value.items()}
    if isinstance(value, str) and (found := _REF.match(value)):
        return f"#/components/schemas/{names[found[1]]}"
    return value


def _operations(described: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in described["paths"].values():
        yield from methods.values()


def _add_answers_of_the_door(whole: dict[str, Any]) -> None:
    for kind in AT_THE_DOOR:
        whole["components"]["responses"].setdefault(kind.code, _answer(kind))
        for operation in _operations(whole):
            operation["responses"].setdefault(str(kind.status), {"$ref": f"#/components/responses/{kind.code}"})


def _headers() -> dict[str, Any]:
    """Return the headers with an example: those of the first answer to a caller whom nothing else limits."""
    defaults = {name: field.default for name, field in GatewaySettings.model_fields.items()}
    policies = [
        limits.Policy(name, defaults[f"{who}_rate_per_s"], defaults[f"{who}_burst"])
        for name, who in (("token", "caller"), ("workspace", "workspace"))
    ]
    examples = {
        "RateLimit-Policy": limits.stated(*policies).decode(),
        "RateLimit": ", ".join(f'"{policy.name}";r={policy.burst - 1};t=1' for policy in policies),
    }
    return {name: one | ({"example": examples[name]} if name in examples else {}) for name, one in HEADERS.items()}


def _add_headers_of_the_door(whole: dict[str, Any]) -> None:
    shared = whole["components"]["responses"]
    answers = [answer for operation in _operations(whole) for answer in operation["responses"].values()]
    for answer in [*(one for one in answers if "$ref" not in one), *shared.values()]:
        answer.setdefault("headers", {}).update({name: _header(name) for name in ON_EVERY_ANSWER})
    for kind in COME_BACK:
        shared[kind.code]["headers"]["Retry-After"] = _header("Retry-After")


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _add_costs(whole: Mapping[str, Any]) -> None:
    """Say what each operation takes of its caller's limits."""
    for path, methods in whole["paths"].items():
        route = TABLE.match(path)
        for operation in methods.values():
            operation.setdefault("x-limits", {})["cost"] = 1 if route is None else route.cost


def _mark_files(whole: Mapping[str, Any]) -> None:
    """Say what a file is in the words of OpenAPI 3.0 too: most generators of clients know no other."""
    for schema in whole["components"]["schemas"].values():
        for part in schema.get("properties", {}).values():
            if "contentMediaType" in part:
                part["format"] = "binary"


def _answer(kind: type[errors.RapportError]) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": kind.title,
        "content": {PROBLEM_JSON: {"schema": schema, "example": problem(kind(kind.title), "3f2c9a1e")}},
    }
