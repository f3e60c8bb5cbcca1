"""The errors a service may answer with, and the problem documents (RFC 9457) made of them.

RapportError
├── BadRequest        400   the request cannot be read
├── Unauthenticated   401   no valid token
├── Forbidden         403   a valid token without the scope
├── NotFound          404   not there, or another workspace's
├── MethodNotAllowed  405
├── Conflict          409   the state of things forbids it
├── TooLarge          413   more than a stated limit
├── UnsupportedMedia  415   a body of a kind this endpoint does not read
├── Invalid           422   fields that break their rules, each with a pointer
├── RateLimited       429
├── UpstreamFailed    502   another process answered nonsense
├── Unavailable       503   a dependency is away; try again
└── UpstreamTimeout   504   a dependency did not answer in time
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic_core import ErrorDetails

from kit.texts import DEFAULT, KIT, Language

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field: where it stands, what is wrong, and what is allowed there."""

    pointer: str
    detail: str
    place: str = "body"
    allowed: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        document = {"in": self.place, "pointer": self.pointer, "detail": self.detail}
        return document | ({"allowed": dict(self.allowed)} if self.allowed else {})


class RapportError(Exception):
    """An answer other than success. The class gives the status, `code` names the case for programs."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    code: str = "internal_error"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        fields: Sequence[FieldError] = (),
        retry_after_s: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.code = code or self.code
        self.fields = tuple(fields)
        self.retry_after_s = retry_after_s
        self.extra = dict(extra or {})

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}


class BadRequest(RapportError):
    status, title, code = 400, "Bad request", "bad_request"


class Unauthenticated(RapportError):
    status, title, code = 401, "Not authenticated", "unauthenticated"

    @property
    def headers(self) -> dict[str, str]:
        # RFC 6750: who sent no token at all is told the scheme and nothing else.
        told = "" if self.code == "token_missing" else f' error="invalid_token", error_description="{self.code}"'
        return {"WWW-Authenticate": f"Bearer{told}"}


class Forbidden(RapportError):
    status, title, code = 403, "Forbidden", "forbidden"


class NotFound(RapportError):
    status, title, code = 404, "Not found", "not_found"


class MethodNotAllowed(RapportError):
    """Say what is allowed with `extra={"allow": [methods]}`; it becomes the Allow header that 405 owes."""

    status, title, code = 405, "Method not allowed", "method_not_allowed"

    @property
    def headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(self.extra["allow"])} if "allow" in self.extra else {}


class Conflict(RapportError):
    status, title, code = 409, "Conflict", "conflict"


class TooLarge(RapportError):
    status, title, code = 413, "Too large", "too_large"


class UnsupportedMedia(RapportError):
    status, title, code = 415, "Unsupported media type", "unsupported_media_type"


class Invalid(RapportError):
    status, title, code = 422, "Invalid", "invalid"


class RateLimited(RapportError):
    status, title, code = 429, "Too many requests", "rate_limited"


class UpstreamFailed(RapportError):
    status, title, code = 502, "Bad gateway", "upstream_failed"


class Unavailable(RapportError):
    """It always says when to try again: in a second where nothing better is known."""

    status, title, code = 503, "Unavailable", "unavailable"

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "1"} | super().headers


class UpstreamTimeout(RapportError):
    status, title, code = 504, "Gateway time-out", "upstream_timeout"


def problem(error: RapportError, request_id: str | None = None, language: Language = DEFAULT) -> dict[str, Any]:
    """Return the RFC 9457 document of an error; its title, and a detail the kit knows, in the caller's language."""
    document: dict[str, Any] = {
        "type": f"urn:rapport:problem:{error.code}",
        "title": KIT.translated(error.title, language, f"title_{error.status}", {}),
        "status": error.status,
        "detail": KIT.translated(error.detail, language, f"detail_{error.code}", error.extra),
        "code": error.code,
    }
    if request_id:
        document["request_id"] = request_id
    if error.fields:
        document["errors"] = [field.as_json() for field in error.fields]
    return document | error.extra


def field_errors(errors: Sequence[ErrorDetails], *, place: str = "body") -> list[FieldError]:
    """Turn pydantic's errors into pointers; the input itself is never repeated, it may be personal."""
    return [_field_error(error, place) for error in errors]


# Tags of unions that are told apart by shape: pydantic puts them into locations, where a caller has no such field.
UNION_TAGS = frozenset({"(id)", "(reference)", "(number)", "(word)"})
# pydantic speaks to Python programmers here.
_PLAINER = dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "Send a JSON object.")
_LIMITS = frozenset(
    {"expected", "pattern", "min_length", "max_length", "ge", "gt", "le", "lt", "multiple_of", "literal"}
)


def _field_error(error: ErrorDetails, place: str) -> FieldError:
    parts = [str(part) for part in error["loc"] if part not in UNION_TAGS]
    location = [part.replace("~", "~0").replace("/", "~1") for part in parts]
    allowed = {key: value for key, value in error.get("ctx", {}).items() if key in _LIMITS}
    detail = _PLAINER.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    if "error" in error.get("ctx", {}) and error["type"] != "value_error":
        detail = detail.split(",")[0]  # behind the comma a parser quotes what it stumbled over
    return FieldError("#" + "".join(f"/{part}" for part in location), detail, place, allowed or None)
