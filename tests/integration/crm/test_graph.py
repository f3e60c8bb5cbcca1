"""The graph job on the real database: what it derives, what the CRM's own values do to it, what it leaves behind."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from deploy.embedded import postgres
from kit.db import Pool, open_pool, workspace
from kit.jobs import JobCancelled, Run
from kit.jobs import store as jobs
from services.crm import store
from services.crm.jobs import run_graph
from services.crm.settings import CrmSettings
from services.crm.usecases import graph
from tests.conftest import House

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ONE, TWO = ["Ada", "Bob", "Cem", "Dan"], ["Eva", "Fay", "Gus"]
DERIVED_TABLES = ("derived_links", "contact_graph")


@pytest.fixture(scope="module")
async def pool(crm_settings: CrmSettings) -> AsyncIterator[Pool]:
    async with open_pool(crm_settings.database_url.get_secret_value(), name="test", max_size=6) as pool:
        yield pool


def by(name: str) -> dict[str, str]:
    return {"source": "s", "external_id": name}


async def push(crm: House, workspace_id: UUID, kind: str, *rows: dict[str, Any]) -> list[str]:
    answer = await crm.client.put(f"/api/ml/crm/{kind}", json={"items": rows}, headers=crm.token(workspace_id))
    assert {result["status"] for result in answer.json()["results"]} <= {"created", "updated", "unchanged"}, answer.text
    return [result["id"] for result in answer.json()["results"]]


async def get(crm: House, workspace_id: UUID, path: str, **params: Any) -> Any:
    answer = await crm.client.get(f"/api/ml/crm/{path}", headers=crm.token(workspace_id), params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def met(one: str, other: str, *, days_ago: float, direction: str = "both") -> dict[str, Any]:
    named = {"source": "s", "external_id": f"{one} {other} {days_ago} {direction}"}
    when = (NOW - timedelta(days=days_ago)).isoformat()
    return {**named, "contact_id": by(one), "counterpart_id": by(other), "kind": "email", "direction": direction,
            "occurred_at": when}  # fmt: skip


async def push_two_groups(crm: House, workspace_id: UUID) -> dict[str, str]:
    """Push two groups in which everybody talks with everybody, one thread between them, and somebody alone."""
    people = [*ONE, *TWO, "Zoe"]
    ids = await push(crm, workspace_id, "contacts", *({**by(name), "first_name": name} for name in people))
    pairs = [(a, b) for group in (ONE, TWO) for a in group for b in group if a < b]
    within = [met(a, b, days_ago=days_ago) for a, b in pairs for days_ago in (1, 50)]
    await push(crm, workspace_id, "interactions", *within, met("Ada", "Eva", days_ago=2, direction="in"))
    return dict(zip(people, ids, strict=True))


async def derive(pool: Pool, workspace_id: UUID, as_of: datetime = NOW) -> dict[str, Any]:
    return await graph.derive(pool, workspace_id, as_of, no_progress)


def counted(as_of: datetime, *, interactions: int, derived_links: int) -> dict[str, Any]:
    counts = {"interactions": interactions, "given_links": 0, "derived_links": derived_links}
    return {"as_of": as_of.isoformat(), **counts, "people": 7, "communities": 2}


async def no_progress(_done: int, _total: int) -> None:
    return None


def as_seen(database: postgres.Server, workspace_id: UUID) -> dict[str, list[tuple[Any, ...]]]:
    """Return the derived rows, past row-level security; `computed_at` is when, not what."""
    with psycopg.connect(database.conninfo()) as connection:
        return {
            table: connection.execute(
                psycopg.sql.SQL("SELECT * FROM crm_store.{} WHERE workspace_id = %s ORDER BY 2").format(
                    psycopg.sql.Identifier(table)
                ),
                (workspace_id,),
            ).fetchall()
            for table in DERIVED_TABLES
        }


async def test_asked_for_it_runs_and_everything_that_reads_shows_it(crm: House, pool: Pool, workspace_id: UUID) -> None:
    ids = await push_two_groups(crm, workspace_id)
    body = {"kind": "graph", "as_of": NOW.isoformat()}
    asked = await crm.client.post("/api/ml/crm/jobs", json=body, headers=crm.token(workspace_id))
    assert asked.status_code == 202, asked.text
    async with workspace(pool, workspace_id) as connection:
        job = await jobs.one(connection, workspace_id, UUID(asked.json()["id"]))
    assert job is not None
    assert await run_graph(Run(job, pool)) == counted(NOW, interactions=19, derived_links=10)
    links = (await get(crm, workspace_id, "links"))["items"]
    assert {link["source"] for link in links} == {"derived"}
    assert (await get(crm, workspace_id, f"links/{links[3]['id']}")) == links[3]
    first, second = (await get(crm, workspace_id, "communities"))["items"]
    assert [(one["size"], {member["first_name"] for member in one["top_members"]}) for one in (first, second)] == [
        (4, set(ONE)),
        (3, set(TWO)),
    ]
    influence = (await get(crm, workspace_id, "influence"))["items"]
    assert influence[0]["first_name"] == "Ada"  # who knows both groups
    ada = await get(crm, workspace_id, f"contacts/{ids['Ada']}")
    assert ada["influence_score"] == influence[0]["influence_score"] == pytest.approx(13 / 14)
    assert ada["community_id"] == first["id"]
    zoe = await get(crm, workspace_id, f"contacts/{ids['Zoe']}")
    assert (zoe["influence_score"], zoe["community_id"]) == (None, None)


async def test_lists_go_on_where_the_page_before_ended(crm: House, pool: Pool, workspace_id: UUID) -> None:
    await push_two_groups(crm, workspace_id)
    await derive(pool, workspace_id)
    for path in ("communities", "influence"):
        whole = (await get(crm, workspace_id, path))["items"]
        page = await get(crm, workspace_id, path, limit=1)
        found = page["items"]
        while page["next_cursor"]:
            page = await get(crm, workspace_id, path, limit=1, cursor=page["next_cursor"])
            found += page["items"]
        assert found == whole


async def test_run_twice_it_writes_nothing_new(
    crm: House, pool: Pool, database: postgres.Server, workspace_id: UUID
) -> None:
    await push_two_groups(crm, workspace_id)
    first = await derive(pool, workspace_id)
    before = as_seen(database, workspace_id)
    assert await derive(pool, workspace_id) == first
    assert as_seen(database, workspace_id) == before  # recorded_at included: the rows were not touched


async def test_in_the_past_no_later_fact_is_seen(
    crm: House, pool: Pool, database: postgres.Server, workspace_id: UUID
) -> None:
    await push_two_groups(crm, workspace_id)
    then = NOW - timedelta(days=10)
    await derive(pool, workspace_id, then)
    before = as_seen(database, workspace_id)
    await push(crm, workspace_id, "interactions", met("Zoe", "Ada", days_ago=9.99), met("Ada", "Bob", days_ago=3))
    await push(crm, workspace_id, "links", {"contact_a": by("Zoe"), "contact_b": by("Bob"), "strength": 1})
    assert await derive(pool, workspace_id, then) == counted(then, interactions=9, derived_links=9)
    assert as_seen(database, workspace_id) == before


async def test_what_the_crm_gives_wins_and_what_it_takes_back_is_derived_again(
    crm: House, pool: Pool, workspace_id: UUID
) -> None:
    ids = await push_two_groups(crm, workspace_id)
    await derive(pool, workspace_id)
    pair = {"contact_a": by("Ada"), "contact_b": by("Bob")}
    [link_id] = await push(crm, workspace_id, "links", {**pair, "source": "crm", "strength": 0.11})
    await push(crm, workspace_id, "contacts", {**by("Ada"), "influence_score": 0.01, "community_id": 1})
    link = await get(crm, workspace_id, f"links/{link_id}")
    assert (link["source"], link["strength"]) == ("crm", 0.11)
    assert len((await get(crm, workspace_id, "links"))["items"]) == 10
    assert (await get(crm, workspace_id, f"contacts/{ids['Ada']}"))["influence_score"] == 0.01
    await derive(pool, workspace_id)
    others = {(await get(crm, workspace_id, f"contacts/{ids[name]}"))["community_id"] for name in [*ONE[1:], *TWO]}
    assert 1 not in others  # the CRM's own 1 is not ours
    assert [link["source"] for link in (await get(crm, workspace_id, "links"))["items"]].count("derived") == 9
    await crm.client.delete(f"/api/ml/crm/links/{link_id}", headers=crm.token(workspace_id))
    await derive(pool, workspace_id)
    assert (await get(crm, workspace_id, f"links/{link_id}"))["source"] == "derived"
    versions = (await get(crm, workspace_id, f"contacts/{ids['Bob']}/versions"))["items"]
    assert {version["influence_score"] for version in versions} == {None}


async def test_a_user_talks_as_his_own_card(crm: House, pool: Pool, workspace_id: UUID) -> None:
    ids = await push_two_groups(crm, workspace_id)
    await push(crm, workspace_id, "users", {**by("user"), "contact_id": by("Zoe")})
    await push(
        crm, workspace_id, "interactions",
        {**met("Ada", "Zoe", days_ago=1), "counterpart_id": None, "user_id": by("user")},
        {**met("Bob", "Zoe", days_ago=1), "counterpart_id": None},
        {**met("Zoe", "Zoe", days_ago=1), "counterpart_id": None, "user_id": by("user")},
    )  # fmt: skip
    await derive(pool, workspace_id)
    links = (await get(crm, workspace_id, "links"))["items"]
    pairs = [{link["contact_a"], link["contact_b"]} for link in links]
    assert [pair for pair in pairs if ids["Zoe"] in pair] == [{ids["Ada"], ids["Zoe"]}]


async def test_of_an_erased_person_nothing_derived_is_left(
    crm: House, pool: Pool, database: postgres.Server, workspace_id: UUID
) -> None:
    ids = await push_two_groups(crm, workspace_id)
    await derive(pool, workspace_id)
    assert ids["Ada"] in str(as_seen(database, workspace_id))
    await crm.client.delete(f"/api/ml/crm/contacts/{ids['Ada']}", headers=crm.token(workspace_id))
    assert ids["Ada"] not in str(as_seen(database, workspace_id))


async def test_who_is_erased_while_it_computes_does_not_come_back(
    crm: House, pool: Pool, database: postgres.Server, workspace_id: UUID
) -> None:
    ids = await push_two_groups(crm, workspace_id)

    async def meanwhile(done: int, _total: int) -> None:
        if done == 1:
            await crm.client.delete(f"/api/ml/crm/contacts/{ids['Ada']}", headers=crm.token(workspace_id))

    await graph.derive(pool, workspace_id, NOW, meanwhile)
    derived = as_seen(database, workspace_id)
    assert ids["Ada"] not in str(derived)
    assert len(derived["derived_links"]) == 6


async def test_pushes_and_runs_at_the_same_time_do_not_disturb_each_other(
    crm: House, pool: Pool, workspace_id: UUID
) -> None:
    await push_two_groups(crm, workspace_id)
    pushes = [
        push(crm, workspace_id, "contacts", {**by(name), "title": str(turn)}) for turn in range(5) for name in ONE
    ]
    runs = [derive(pool, workspace_id) for _ in range(3)]
    await asyncio.gather(*pushes, *runs)
    assert len((await get(crm, workspace_id, "links"))["items"]) == 10


async def test_nothing_is_seen_of_a_cancelled_run(
    crm: House, pool: Pool, database: postgres.Server, workspace_id: UUID
) -> None:
    await push_two_groups(crm, workspace_id)

    async def stop(done: int, total: int) -> None:
        if done == total - 1:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        await graph.derive(pool, workspace_id, NOW, stop)
    assert as_seen(database, workspace_id) == {"derived_links": [], "contact_graph": []}


async def test_followers_are_told_of_a_run_once(crm: House, pool: Pool, workspace_id: UUID) -> None:
    await push_two_groups(crm, workspace_id)
    await derive(pool, workspace_id)
    async with workspace(pool, workspace_id) as connection:
        cursor = await connection.execute(
            "SELECT entity_id, op FROM crm.changes WHERE workspace_id = %s AND kind = 'graph'", (workspace_id,)
        )
        assert await cursor.fetchall() == [(workspace_id, "update")]


async def test_a_workspace_nobody_wrote_to_does_not_come_into_being(pool: Pool) -> None:
    nobody = uuid4()
    assert (await derive(pool, nobody))["people"] == 0
    async with workspace(pool, nobody) as connection:
        assert await store.read_workspace(connection, nobody) is None


async def test_nobody_can_give_a_link_that_looks_derived(crm: House, workspace_id: UUID) -> None:
    await push_two_groups(crm, workspace_id)
    link = {"contact_a": by("Ada"), "contact_b": by("Bob"), "source": "derived", "external_id": "1"}
    answer = await crm.client.put("/api/ml/crm/links", json={"items": [link]}, headers=crm.token(workspace_id))
    assert answer.json()["results"][0]["status"] == "rejected"
