"""The command's way to the gateway: requests whose failures are one clear line, and the waiting for a job."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any, Self
from uuid import UUID

import httpx

from deploy.endpoint import Endpoint
from deploy.errors import StackError

TIMEOUT_S = 120.0
POLL_FIRST_S = 0.1
POLL_LONGEST_S = 1.0
PATIENCE_S = 15.0
PAGE = 200
ENDED = frozenset({"succeeded", "failed", "cancelled"})
PASSING = frozenset({429, 502, 503, 504})  # a service that starts again answers soon


class PassingFault(StackError):
    """The stack does not answer at the moment; a moment later it may."""


@dataclass(frozen=True, slots=True)
class Job:
    id: UUID
    state: str
    done: int
    total: int | None
    result: dict[str, Any]
    error: dict[str, Any]

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        progress = content.get("progress") or {}
        return cls(
            id=UUID(content["id"]),
            state=content["state"],
            done=progress.get("done") or 0,
            total=progress.get("total"),
            result=content.get("result") or {},
            error=content.get("error") or {},
        )

    @property
    def ended(self) -> bool:
        return self.state in ENDED


class Api:
    """The gateway, as one caller; give it back with `with`."""

    def __init__(
        self,
        endpoint: Endpoint,
        token: str,
        *,
        stopped: Event | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url = endpoint.url
        self._stopped = stopped or Event()
        self._client = httpx.Client(
            base_url=f"{endpoint.url}/api/ml",
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
            transport=transport,
            trust_env=False,  # the gateway is on this machine: no proxy, no .netrc
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def request(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Send one request; return the JSON object of a good answer, raise StackError for any other."""
        try:
            answer = self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise PassingFault(
                f"{self._url} does not answer ({type(error).__name__}): is the stack up? see `rapport status`"
            ) from error
        if answer.is_success:
            content: dict[str, Any] = answer.json() if answer.content else {}
            return content
        kind = PassingFault if answer.status_code in PASSING else StackError
        raise kind(_what_is_wrong(answer))

    def get(self, path: str, **query: str | int) -> dict[str, Any]:
        """GET; a passing fault is tried again for a while."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.request("GET", path, params=query)
            except PassingFault:
                if time.monotonic() > deadline or self._stopped.wait(POLL_LONGEST_S):
                    raise

    def items(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield all that is in a list, page by page."""
        page = self.get(path, limit=PAGE)
        yield from page["items"]
        while page["next_cursor"]:
            page = self.get(path, limit=PAGE, cursor=page["next_cursor"])
            yield from page["items"]

    def wait_for(self, capability: str, job: Job, show: Callable[[Job], None]) -> Job:
        """Ask after a job until it has ended; `show` sees each state."""
        pause_s = POLL_FIRST_S
        while not job.ended:
            show(job)
            if self._stopped.wait(pause_s):
                raise StackError("stopped before the work was done; it goes on at the next start")
            pause_s = min(pause_s * 1.5, POLL_LONGEST_S)
            job = Job.from_json(self.get(f"/{capability}/jobs/{job.id}"))
        show(job)
        return job


def _what_is_wrong(answer: httpx.Response) -> str:
    """The problem document in one line."""
    try:
        problem = answer.json()
        detail = str(problem.get("detail") or problem["title"])
        fields = "; ".join(f"{field['pointer']}: {field['detail']}" for field in problem.get("errors") or [])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{answer.request.method} {answer.request.url.path} was answered with {answer.status_code}"
    return f"{detail} ({fields})" if fields else detail
