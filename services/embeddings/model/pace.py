"""How long to leave a provider alone that has said 429: as long as it asks, or longer each time it does not say."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil, isfinite
from random import random

from kit.errors import Unavailable

LONGEST_S = 3_600.0
LONGEST_UNASKED_S = 60.0
JITTER = 0.25
UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])")


class Pace:
    """When one provider may be asked again, for every request and job of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, chance: Callable[[], float] = random) -> None:
        self._clock = clock
        self._chance = chance
        self._resumes_at = clock()
        self._refusals = 0

    def check(self) -> None:
        """Raise Unavailable while the provider is to be left alone."""
        wait_s = self._resumes_at - self._clock()
        if wait_s > 0:
            raise _slowed(wait_s)

    def slowed(self, headers: Mapping[str, str]) -> Unavailable:
        """Note a 429; return what to say of it."""
        asked_s = asked_to_wait_s(headers, datetime.now(UTC))
        if asked_s is None:
            longest_s = min(2.0**self._refusals, LONGEST_UNASKED_S)
            asked_s = longest_s * (1 - JITTER * self._chance())
        self._refusals = min(self._refusals + 1, 10)
        self._resumes_at = max(self._resumes_at, self._clock() + asked_s)
        return _slowed(asked_s)

    def went_on(self) -> None:
        self._refusals = 0


def asked_to_wait_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return how long a provider asks to be left alone, at most an hour; None where it does not say.

    `retry-after-ms`, `retry-after` (seconds or a date), else the longest `x-ratelimit-reset-…` of what is used up.
    """
    stated = (
        _number(headers.get("retry-after-ms"), 0.001),
        _number(headers.get("retry-after")),
        _until(headers.get("retry-after"), now),
        max(_resets(headers), default=None),
    )
    wait_s = next((one for one in stated if one is not None), None)
    return None if wait_s is None else min(max(wait_s, 0.0), LONGEST_S)


def _resets(headers: Mapping[str, str]) -> list[float]:
    found = []
    for of in ("requests", "tokens"):
        left = headers.get(f"x-ratelimit-remaining-{of}", "0")
        wait_s = _duration(headers.get(f"x-ratelimit-reset-{of}"))
        if wait_s is not None and left.strip() == "0":
            found.append(wait_s)
    return found


def _number(text: str | None, unit_s: float = 1.0) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number * unit_s if isfinite(number) else None


def _until(text: str | None, now: datetime) -> float | None:
    try:
        when = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp()


def _duration(text: str | None) -> float | None:
    """Read 6m0s, 120ms, or a plain number of seconds."""
    parts = _PART.findall(text or "")
    if "".join(number + unit for number, unit in parts) == (text or "-"):
        return sum(float(number) * UNITS_S[unit] for number, unit in parts)
    return _number(text)


def _slowed(wait_s: float) -> Unavailable:
    return Unavailable(
        "The embedding provider asks to slow down.", code="provider_rate_limited", retry_after_s=max(1, ceil(wait_s))
    )
