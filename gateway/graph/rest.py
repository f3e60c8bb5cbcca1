"""The REST API of the services as one request of GraphQL asks it: as the caller, in his language, each call counted.

A service that keeps failing is left alone for a while (`gateway.proxy.breaker`), and one that has no address is not
built here: both fail the fields that need them, at once, and no other.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlencode

from prometheus_client import Counter, Gauge
from strawberry import UNSET

from gateway.graph.texts import said
from gateway.proxy.breaker import Breaker
from kit.auth import Identity
from kit.deadline import remaining_s
from kit.errors import NotFound, Unavailable, UpstreamFailed, UpstreamTimeout
from kit.http import Refused, ServiceClient
from kit.texts import Language

Part = Literal["crm", "embeddings", "recommend", "churn", "sentiment", "icp"]
Document = dict[str, Any]
Answer = TypeVar("Answer")

PREFIX = "/api/ml"
RETRY_AFTER_S = 1
STALLED_WEIGHT = 3  # as at the proxy: a silent service costs every caller the whole time
LACKING = frozenset({"unknown_path", "method_not_allowed"})  # an older service, without the operation
STATES = {"closed": 0, "half_open": 1, "open": 2}

CALLS = Counter("rapport_graph_calls_total", "Calls to services", ["service", "call"])
STATE = Gauge("rapport_graph_breaker_state", "0 closed, 1 half-open, 2 open", ["service"])


class Call(NamedTuple):
    """One operation of a service."""

    part: Part
    method: Literal["GET", "POST"]
    path: str


SIMILAR = Call("embeddings", "GET", "/similar/{contact_id}")
SIMILAR_OF_MANY = Call("embeddings", "POST", "/similar/batch")
SEARCH = Call("embeddings", "POST", "/search")
CLUSTERS = Call("embeddings", "GET", "/clusters")
CLUSTER = Call("embeddings", "GET", "/clusters/{cluster_id}")
PEOPLE_TO_MEET = Call("recommend", "GET", "/recommendations/contacts")
ACCOUNTS_TO_PURSUE = Call("recommend", "GET", "/recommendations")
FEEDBACK = Call("recommend", "POST", "/recommendations/feedback")
CHURN = Call("churn", "GET", "/churn")
CHURN_OF_MANY = Call("churn", "POST", "/churn/batch")
SENTIMENT_OF_MANY = Call("sentiment", "POST", "/sentiment/batch")
SENTIMENT_OVERVIEW = Call("sentiment", "GET", "/sentiment/overview")
ICP_OF_MANY = Call("icp", "POST", "/icp-score/batch")
CONTACTS = Call("crm", "POST", "/crm/contacts/batch")
ACCOUNTS = Call("crm", "POST", "/crm/accounts/batch")


class Services:
    """The services and their breakers; one for the process."""

    def __init__(self, client: ServiceClient, timeout_s: float) -> None:
        self._client = client
        self._timeout_s = timeout_s
        self._breakers = {name: Breaker() for name in client.services}
        for name, breaker in self._breakers.items():
            STATE.labels(name).set_function(partial(_state, breaker))

    @asynccontextmanager
    async def admitted(self, part: Part) -> AsyncIterator[ServiceClient]:
        """Let one call through to a service, and learn from how it ends; every error names the service."""
        breaker = self._breakers.get(part)
        if breaker is None:
            raise _not_built(part)
        self._knock(part, breaker)
        whole = remaining_s(self._timeout_s) >= self._timeout_s
        try:
            yield self._client
        except UpstreamTimeout:
            if whole:  # else it was the caller who had no time
                breaker.failed(time.monotonic(), weight=STALLED_WEIGHT)
            raise UpstreamTimeout(said("upstream_timeout", service=part), extra={"service": part}) from None
        except Unavailable as error:
            breaker.failed(time.monotonic())
            raise _away(part, error.retry_after_s or RETRY_AFTER_S) from error
        except Refused as error:
            breaker.succeeded(time.monotonic())
            if error.problem.get("code") in LACKING:
                raise _not_built(part) from error
            raise _named(error, part)  # noqa: B904 the same error
        except UpstreamFailed as error:
            breaker.succeeded(time.monotonic())
            raise _unreadable(part) from error
        else:
            breaker.succeeded(time.monotonic())
        finally:
            breaker.abandoned()  # changes nothing once there was a verdict

    def _knock(self, part: Part, breaker: Breaker) -> None:
        """Refuse at once while a service is left alone; when its time is over the next request is the knock."""
        now = time.monotonic()
        if breaker.state == "open" and breaker.wait_s(now) == 0:
            breaker.knocked(now, answered=True)
        if not breaker.admits():
            raise _away(part, breaker.retry_after_s(now))


@dataclass(frozen=True, slots=True)
class Rest:
    """The services as one caller asks them."""

    services: Services
    identity: Identity
    language: Language

    async def ask(
        self,
        call: Call,
        read: Callable[[Document], Answer],
        *,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, Any] | None = None,
        **names: object,
    ) -> Answer:
        """Return what `read` makes of the answer; raise RapportError, of which Refused carries the service's own words.

        An answer that `read` cannot read (KeyError, TypeError, ValueError) is not what SPEC §4 says: UpstreamFailed.
        """
        path = PREFIX + call.path.format_map(names) + _query_string(query or {})
        async with self.services.admitted(call.part) as client:
            CALLS.labels(call.part, call.path).inc()
            if call.method == "GET":
                answer = await client.get_json(call.part, path, self.identity, language=self.language)
            else:
                answer = await client.post_json(call.part, path, self.identity, body or {}, language=self.language)
        try:
            return read(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(call.part) from error


def of_item(part: Part, item: Document) -> Document | Refused | None:
    """Return an answer of a batch: what it says of one, what is wrong with it, or None for who is not there.

    Services put the answer into the item itself or below its own name, and what is wrong as a problem or by its code.
    """
    error = item.get("error")
    if error is None:
        inner = item.get(part)
        return {**item, **inner} if isinstance(inner, dict) else item
    problem = error if isinstance(error, dict) else {"code": str(error), "detail": str(error)}
    if str(problem.get("code", "")).endswith("not_found"):
        return None
    refused = Refused(part, int(problem.get("status", 422)), problem)
    refused.extra["service"] = part
    return refused


def _state(breaker: Breaker) -> float:
    return STATES[breaker.state]


def _away(part: Part, retry_after_s: int) -> Unavailable:
    detail = said("service_unavailable", service=part)
    return Unavailable(detail, code="service_unavailable", retry_after_s=retry_after_s, extra={"service": part})


def _unreadable(part: Part) -> UpstreamFailed:
    return UpstreamFailed(said("upstream_failed", service=part), extra={"service": part})


def _not_built(part: Part) -> NotFound:
    return NotFound(said("not_built", service=part), code="not_built", extra={"service": part})


def _named(error: Refused, part: Part) -> Refused:
    error.extra["service"] = part
    return error


def _query_string(query: Mapping[str, object]) -> str:
    given = {name: value for name, value in query.items() if value not in (None, UNSET)}
    return f"?{urlencode(given)}" if given else ""
