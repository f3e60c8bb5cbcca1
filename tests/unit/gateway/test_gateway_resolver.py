"""Names of services: asked once for all who wait, and what was known stays while nothing better is."""

import asyncio
from collections.abc import Sequence

from gateway.proxy.resolver import Resolver, is_address


class Names:
    """A look-up that a test answers."""

    def __init__(self, *answers: Sequence[str] | OSError) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        await asyncio.sleep(0)
        answer = self.answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer


def _resolver(names: Names) -> tuple[Resolver, list[Sequence[str]]]:
    found: list[Sequence[str]] = []
    return Resolver("churn.test", 80, refresh_s=1, look_up=names, changed=found.append), found


async def test_requests_that_wait_for_a_first_answer_ask_once() -> None:
    names = Names(["192.0.2.1"])
    resolver, found = _resolver(names)
    await asyncio.gather(*(resolver.first() for _ in range(10)))
    await resolver.first()
    assert (names.asked, found) == (1, [["192.0.2.1"]])


async def test_requests_that_wait_in_vain_ask_once_too_and_the_next_asks_again() -> None:
    names = Names(OSError(), ["192.0.2.1"])
    resolver, found = _resolver(names)
    await asyncio.gather(*(resolver.first() for _ in range(10)))
    assert (names.asked, found) == (1, [])
    await resolver.first()
    assert (names.asked, found) == (2, [["192.0.2.1"]])


async def test_what_was_known_stays_while_the_name_cannot_be_had() -> None:
    resolver, found = _resolver(Names(["192.0.2.1"], OSError(), ["192.0.2.1"], ["192.0.2.2"]))
    for _ in range(4):
        await resolver.refresh()
    assert found == [["192.0.2.1"], ["192.0.2.2"]]


def test_an_address_is_not_a_name() -> None:
    assert [is_address(host) for host in ("127.0.0.1", "::1", "crm", "localhost")] == [True, True, False, False]
