"""Limits: a burst at once, then as fast as units come; what is left is stated, and replicas add up."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.proxy.limits import Limits, Policy
from gateway.proxy.routes import ROUTES
from gateway.proxy.settings import GatewaySettings
from kit.errors import RateLimited

TOKEN = b"t" * 32
WORKSPACE = UUID(int=1)


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    return Limits(
        token=Policy("token", 10, 5), workspace=Policy("workspace", 10, 8), address=Policy("address", 1, 2), clock=clock
    )


def _scope(client: str = "192.0.2.1") -> dict[str, Any]:
    return {"client": (client, 4711)}


def _admitted(limits: Limits, token: bytes = TOKEN, workspace_id: UUID = WORKSPACE, *, most: int = 100) -> int:
    for count in range(most):
        try:
            limits.admit(_scope(), token, workspace_id, 1)
        except RateLimited:
            return count
    return most


def test_a_burst_passes_and_then_as_many_as_come_anew(limits: Limits, clock: Clock) -> None:
    assert _admitted(limits) == 5
    clock.now += 0.2001
    assert _admitted(limits) == 2
    clock.now += 3_600
    assert _admitted(limits) == 5


def test_who_is_refused_learns_why_and_when_to_come_back(limits: Limits) -> None:
    _admitted(limits)
    with pytest.raises(RateLimited) as refusal:
        limits.admit(_scope(), TOKEN, WORKSPACE, 5)
    assert refusal.value.code == "rate_limited"
    assert refusal.value.headers == {"Retry-After": "1"}
    assert refusal.value.extra == {"policy": "token", "limit": {"burst": 5, "per_second": 10}}


def test_a_refusal_costs_nothing(limits: Limits, clock: Clock) -> None:
    _admitted(limits)
    for _ in range(50):
        with pytest.raises(RateLimited):
            limits.admit(_scope(), TOKEN, WORKSPACE, 1)
    clock.now += 0.1001
    assert _admitted(limits) == 1


def test_tokens_of_one_workspace_share_its_limit_and_other_workspaces_do_not(limits: Limits) -> None:
    assert _admitted(limits) == 5
    assert _admitted(limits, b"u" * 32) == 3
    assert _admitted(limits, b"v" * 32, uuid4()) == 5


def test_a_dear_request_counts_as_many(limits: Limits) -> None:
    limits.admit(_scope(), TOKEN, WORKSPACE, 4)
    assert _admitted(limits) == 1


def test_every_answer_can_state_policy_and_what_is_left(limits: Limits, clock: Clock) -> None:
    scope = _scope()
    limits.admit(scope, TOKEN, WORKSPACE, 4)
    assert limits.headers(scope) == [
        (b"ratelimit-policy", b'"token";q=5;w=1, "workspace";q=8;w=1'),
        (b"ratelimit", b'"token";r=1;t=1, "workspace";r=4;t=1'),
    ]
    assert limits.headers(_scope()) == [
        (b"ratelimit-policy", b'"address";q=2;w=2'),
        (b"ratelimit", b'"address";r=2;t=0'),
    ]
    clock.now += 60
    assert limits.headers(scope)[1][1] == b'"token";r=5;t=0, "workspace";r=8;t=0'


def test_an_address_with_too_many_bad_tokens_is_stopped_and_others_are_not(limits: Limits, clock: Clock) -> None:
    for _ in range(2):
        limits.check_stranger(_scope())
        limits.blame(_scope())
    with pytest.raises(RateLimited):
        limits.check_stranger(_scope())
    limits.check_stranger(_scope("192.0.2.2"))
    clock.now += 1.001
    limits.check_stranger(_scope())


def test_all_addresses_of_one_ipv6_network_are_one(limits: Limits) -> None:
    for last in (1, 2):
        limits.blame(_scope(f"2001:db8::{last}"))
    with pytest.raises(RateLimited):
        limits.check_stranger(_scope("2001:db8::ffff"))
    limits.check_stranger(_scope("2001:db8:0:1::1"))


def test_a_client_without_an_address_is_counted_too(limits: Limits) -> None:
    for _ in range(2):
        limits.blame({"client": None})
    with pytest.raises(RateLimited):
        limits.check_stranger({})


def test_what_is_untold_is_handed_out_once(limits: Limits) -> None:
    limits.share()
    limits.admit(_scope(), TOKEN, WORKSPACE, 2)
    limits.admit(_scope(), TOKEN, WORKSPACE, 1)
    told = {bucket.key: round(taken_s, 6) for bucket, taken_s in limits.take_untold()}
    assert told == {
        f"rapport:{WORKSPACE}:gateway:limits:token:{TOKEN.hex()[:32]}": 0.3,
        f"rapport:{WORKSPACE}:gateway:limits:workspace": 0.3,
    }
    assert limits.take_untold() == []


def test_what_others_used_counts_here_and_what_was_taken_meanwhile_on_top(limits: Limits, clock: Clock) -> None:
    limits.share()
    limits.admit(_scope(), TOKEN, WORKSPACE, 1)
    (token, _), _ = limits.take_untold()
    limits.admit(_scope(), TOKEN, WORKSPACE, 1)
    token.learn(0.3, clock.now)  # of 5 units 3 are used by all together, when this replica has used one more
    assert _admitted(limits) == 1


def test_a_shared_count_that_was_lost_gives_nothing_back(limits: Limits, clock: Clock) -> None:
    limits.share()
    _admitted(limits)
    (token, _), _ = limits.take_untold()
    token.learn(0.0, clock.now)
    assert _admitted(limits) == 0


def test_no_route_costs_more_than_the_least_burst_a_setting_allows() -> None:
    least = {
        name: next(part.ge for part in GatewaySettings.model_fields[name].metadata if hasattr(part, "ge"))
        for name in ("caller_burst", "workspace_burst")
    }
    assert all(route.cost <= bound for route in ROUTES for bound in least.values())


def test_a_bucket_nobody_touches_is_forgotten_once_it_is_full(limits: Limits, clock: Clock) -> None:
    for number in range(3):
        limits.blame(_scope(f"192.0.2.{number}"))
        clock.now += 10
    limits.blame(_scope("198.51.100.1"))
    clock.now += 10
    limits.blame(_scope("198.51.100.2"))
    assert len(limits._addresses._recent) + len(limits._addresses._older) == 2
