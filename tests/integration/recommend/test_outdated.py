"""A new tie is in the list before the next night: marked when the feed brings it, made anew when it is read."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from services.recommend.usecases.follow import follow_workspace
from tests.integration.recommend.conftest import Circle


async def two_pairs(circle: Circle) -> dict[str, str]:
    """Ada knows Bob; Eva knows Fay and Gus. Nobody of the one pair can be recommended to the other."""
    ids = await circle.people("Ada", "Bob", "Eva", "Fay", "Gus", "Hal")
    await circle.link(("Ada", "Bob"), ("Bob", "Hal"), ("Eva", "Fay"), ("Eva", "Gus"))
    await circle.notice("Ada", "Bob", "Hal", "Eva", "Fay", "Gus")
    await circle.compute(as_of=datetime.now(UTC))
    assert await circle.outdated() == []
    return ids


async def test_a_new_link_and_a_first_exchange_bring_new_people(circle: Circle) -> None:
    ids = await two_pairs(circle)
    assert await circle.names(ids["Ada"]) == ["Hal"]
    await circle.link(("Ada", "Eva"))
    await circle.notice("Ada", "Eva")
    assert set(await circle.names(ids["Ada"])) == {"Hal", "Fay", "Gus"}
    assert await circle.outdated() == ["Eva"]  # whose list nobody has read
    await circle.talk("Bob", "Fay", 1)
    await circle.notice("Bob", "Fay")
    assert set(await circle.names(ids["Bob"])) == {"Eva", "Gus"}
    assert await circle.outdated() == ["Eva", "Fay"]


async def test_an_exchange_between_two_who_are_linked_changes_no_list(circle: Circle) -> None:
    await two_pairs(circle)
    await circle.talk("Ada", "Bob", 1)
    await circle.link(("Ada", "Eva"))
    await circle.notice("Ada", "Eva")
    assert await circle.outdated() == ["Ada", "Eva"]


async def test_a_list_that_nobody_is_left_for_is_emptied(circle: Circle) -> None:
    ids = await two_pairs(circle)
    await circle.link(("Ada", "Hal"))
    await circle.notice("Ada", "Hal")
    for _ in range(2):
        assert await circle.names(ids["Ada"]) == []
    assert await circle.outdated() == ["Hal"]


async def test_many_who_read_at_once_make_the_list_once(circle: Circle) -> None:
    ids = await two_pairs(circle)
    await circle.link(("Ada", "Eva"))
    await circle.notice("Ada", "Eva")
    answers = await asyncio.gather(*(circle.meet(ids["Ada"]) for _ in range(4)))
    found = [[item["id"] for item in answer["items"]] for answer in answers]
    assert found == [found[0]] * 4
    assert set(found[0]) == {ids["Hal"], ids["Fay"], ids["Gus"]}


async def test_a_run_clears_what_was_marked_before_it_and_keeps_what_comes_while_it_runs(circle: Circle) -> None:
    ids = await two_pairs(circle)
    await circle.link(("Ada", "Eva"))
    await circle.notice("Ada", "Eva")
    told = False

    async def link_meanwhile(_done: int, _total: int) -> None:
        nonlocal told
        if not told:
            told = True
            await circle.link(("Bob", "Fay"))
            await circle.notice("Bob", "Fay")

    await circle.compute(run_id=uuid4(), as_of=datetime.now(UTC), progress=link_meanwhile)
    assert await circle.outdated() == ["Bob", "Fay"]
    assert set(await circle.names(ids["Ada"])) == {"Hal", "Fay", "Gus"}


async def test_of_somebody_erased_no_mark_stays(circle: Circle) -> None:
    ids = await two_pairs(circle)
    await circle.link(("Ada", "Eva"))
    await circle.notice("Ada", "Eva")
    await circle.erase(ids["Eva"])
    await circle.follow(until_erased=ids["Eva"])
    await follow_workspace(circle.pool, circle.id)
    assert await circle.outdated() == ["Ada"]
