"""A contact the last run did not know: computed when asked, by the same features as everybody's at night."""

from typing import Any
from uuid import UUID

import numpy as np
import pytest

from kit.db import workspace
from services.recommend.domain import Candidates, Values
from services.recommend.features import pairs
from services.recommend.usecases import facts
from tests.integration.recommend.conftest import NOW, Circle


async def sparse(circle: Circle, people: int, ties: int) -> dict[str, str]:
    """People who are linked at random; every other tie has exchanges as well, some of them of three people."""
    random = np.random.default_rng(people)
    names = [f"p{number}" for number in range(people)]
    ids = await circle.people(*names, organization="Engines")
    pairs_of_names = [tuple(sorted(random.choice(names, 2, replace=False).tolist())) for _ in range(ties)]
    await circle.link(*pairs_of_names[::2])
    for one, other in pairs_of_names[1::2]:
        await circle.talk(one, other, 3, float(random.integers(4, 300)))
    return ids


def of(found: Candidates, who: int, ids: list[UUID]) -> dict[UUID, tuple[int, Values]]:
    rows = zip(found.who, found.whom, found.mutual, found.signals, strict=True)
    return {ids[whom]: (int(mutual), signals) for one, whom, mutual, signals in rows if one == who}


@pytest.mark.parametrize(("people", "ties"), [(60, 70), (150, 900)], ids=["widened to three steps", "two steps"])
async def test_his_surroundings_give_the_features_that_the_whole_workspace_gives(
    circle: Circle, people: int, ties: int
) -> None:
    await sparse(circle, people, ties)
    async with workspace(circle.pool, circle.id) as connection:
        whole = await facts.load(connection, circle.id, NOW)
        network = whole.network(NOW)
        everybody = np.arange(people, dtype=np.int32)
        nightly = pairs.candidates(network, everybody)
        assert len(nightly.who)
        for number in range(0, people, people // 6):
            near = await facts.load_near(connection, circle.id, whole.ids[number], NOW)
            own = near.ids.index(whole.ids[number])
            asked = pairs.candidates(near.network(NOW), np.array([own], np.int32))
            night, day = of(nightly, number, whole.ids), of(asked, own, near.ids)
            assert night.keys() == day.keys()
            for candidate, (mutual, signals) in night.items():
                assert day[candidate][0] == mutual
                np.testing.assert_allclose(day[candidate][1], signals, atol=1e-6)


async def test_who_is_newer_than_the_run_is_computed_kept_and_can_be_dismissed(circle: Circle) -> None:
    await circle.people("Ada", "Eva", "Fay")
    await circle.link(("Ada", "Eva"), ("Eva", "Fay"))
    await circle.compute()
    ids = await circle.people("New")
    await circle.link(("Eva", "New"))
    assert set(await circle.names(ids["New"])) == {"Ada", "Fay"}
    kept: list[dict[str, Any]] = (await circle.meet(ids["New"]))["items"]
    assert (await circle.say("dismiss", kept[0]["id"], contact_id=ids["New"])).json() == {"status": "accepted"}
    assert await circle.names(ids["New"]) == [kept[1]["contact"]["first_name"]]


async def test_before_the_first_run_the_plain_rule_answers(circle: Circle) -> None:
    ids = await circle.people("Ada", "Eva", "Fay")
    await circle.link(("Ada", "Eva"), ("Eva", "Fay"))
    found = await circle.meet(ids["Ada"])
    assert ([item["id"] for item in found["items"]], found["status"]) == ([ids["Fay"]], "baseline")
    await circle.compute()
    assert await circle.names(ids["Ada"]) == ["Fay"]


async def test_the_night_and_the_request_give_the_same_answer(circle: Circle) -> None:
    ids = await sparse(circle, 60, 120)
    await circle.embed()
    asked = await circle.meet(ids["p0"], limit=200)
    await circle.compute()
    night = await circle.meet(ids["p0"], limit=200)
    assert asked["items"]
    scores, nightly = ({item["id"]: item["score"] for item in one["items"]} for one in (asked, night))
    assert scores.keys() == nightly.keys()
    # Of the two only the instant differs: at night as of March, asked as of now.
    np.testing.assert_allclose([scores[one] for one in nightly], list(nightly.values()), atol=1e-6)
