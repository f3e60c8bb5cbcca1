"""Interest clusters: found by a job, kept from run to run, joined and left at once by those who come and go."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit.db import Pool, workspace
from kit.errors import Invalid
from kit.jobs import JobCancelled, Run, store
from kit.testing import until
from services.embeddings import train
from services.embeddings.jobs import NIGHTLY, run_cluster
from services.embeddings.model import EmbeddingModel
from services.embeddings.model.known import Models
from services.embeddings.store import clusters as rows
from tests.conftest import House
from tests.integration.embeddings.conftest import People

FIELDS = {"sea": ["captain", "sailor", "pilot"], "law": ["judge", "notary", "clerk"], "stage": ["actor", "singer"]}


def crowd(size: int, **more: Any) -> dict[str, dict[str, Any]]:
    """Return people of three fields that share tags and titles, and nothing across fields."""
    people = {}
    for number in range(size):
        field = list(FIELDS)[number % 3]
        title = FIELDS[field][number // 3 % len(FIELDS[field])]
        row = {"first_name": "", "title": title, "tags": [field, f"{field} {field}", f"{field} club"]}
        people[f"{field}{number}"] = row | more
    return people


class Clusters:
    """Runs of the cluster job in one workspace, and what is seen of them."""

    def __init__(self, people: People, pool: Pool, model: EmbeddingModel) -> None:
        self.people, self._pool, self._model = people, pool, model

    async def find(self, asked: int | str | None = 3, *, job_id: UUID | None = None, stop_at: int = -1) -> Any:
        async def progress(done: int, total: int) -> None:
            assert 0 < done <= total
            if done == stop_at:
                raise JobCancelled

        return await train.cluster_workspace(
            self._pool,
            self.people.id,
            self._model.key,
            job_id=job_id or uuid4(),
            asked=asked,
            now=datetime.now(UTC),
            progress=progress,
        )

    async def listed(self) -> dict[str, Any]:
        return await self.people.read("/clusters")

    async def members(self, cluster_id: int) -> set[str]:
        return {member["id"] for member in (await self.people.read(f"/clusters/{cluster_id}", limit=200))["members"]}

    async def of(self, contact_id: str) -> int | None:
        async with workspace(self._pool, self.people.id) as connection:
            query = "SELECT cluster_id FROM cluster_members WHERE contact_id = %s"
            row = await (await connection.execute(query, (contact_id,))).fetchone()
        return None if row is None else int(row[0])


@pytest.fixture
def clusters(people: People, embeddings_pool: Pool, model: EmbeddingModel) -> Clusters:
    return Clusters(people, embeddings_pool, model)


def without_order(report: dict[str, Any]) -> dict[str, Any]:
    return {name: report[name] for name in ("moved", "new", "gone", "new_clusters", "gone_clusters")}


async def test_people_of_one_field_are_one_cluster_with_its_topics(clusters: Clusters) -> None:
    ids = await clusters.people.push(**crowd(36))
    await clusters.people.embed()
    report = await clusters.find()
    found = await clusters.listed()
    assert (found["status"], found["missing"], found["next_cursor"]) == ("scored", [], None)
    assert found["model"] == {"name": "interest_clusters", "version": "test", "kind": "clustering"}
    assert [(item["id"], item["size"]) for item in found["items"]] == [(1, 12), (2, 12), (3, 12)]
    fields = {frozenset(ids[name] for name in ids if name.startswith(field)): field for field in FIELDS}
    for item in found["items"]:
        field = fields[frozenset(await clusters.members(item["id"]))]
        assert any(field in topic for topic in item["top_topics"])
        assert len(item["top_topics"]) <= 5
        assert item["radius"] > 0
    assert report["silhouette"] > 0.3
    assert without_order(report) == {
        "moved": 0,
        "new": 36,
        "gone": 0,
        "new_clusters": [1, 2, 3],
        "gone_clusters": [],
    }


async def test_members_come_page_by_page_the_most_typical_first(clusters: Clusters) -> None:
    await clusters.people.push(**crowd(36))
    await clusters.people.embed()
    await clusters.find()
    whole = await clusters.people.read("/clusters/1", limit=200)
    assert (whole["id"], whole["size"], whole["next_cursor"]) == (1, 12, None)
    assert -1 <= whole["silhouette"] <= 1
    similarities = [member["similarity"] for member in whole["members"]]
    assert similarities == sorted(similarities, reverse=True)
    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await clusters.people.read("/clusters/1", limit=5, **cursor)
        assert len(page["members"]) <= 5
        seen += page["members"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == whole["members"]
    assert seen[0].keys() == {"id", "first_name", "last_name", "organization", "title", "similarity"}


async def test_the_list_comes_with_the_most_typical_of_each_where_they_are_asked_for(clusters: Clusters) -> None:
    await clusters.people.push(**crowd(36))
    await clusters.people.embed()
    await clusters.find()
    listed = (await clusters.people.read("/clusters", members=5))["items"]
    assert len(listed) == 3
    for item in listed:
        first = await clusters.people.read(f"/clusters/{item['id']}", limit=5)
        assert item["members"] == first["members"]
    assert [item["members"] for item in (await clusters.listed())["items"]] == [None] * 3


async def test_a_page_that_began_at_somebody_who_has_left_is_not_silently_empty(clusters: Clusters) -> None:
    await clusters.people.push(**crowd(36))
    await clusters.people.embed()
    await clusters.find()
    page = await clusters.people.read("/clusters/1", limit=5)
    await clusters.people.erase(page["members"][-1]["id"])
    await clusters.people.embed()
    answer = await clusters.people.ask("GET", "/clusters/1", params={"cursor": page["next_cursor"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")
    assert answer.json()["errors"][0]["pointer"] == "#/cursor"


async def test_a_second_run_on_the_same_facts_moves_nobody_and_draws_the_same_picture(clusters: Clusters) -> None:
    await clusters.people.push(**crowd(36))
    await clusters.people.embed()
    await clusters.find()
    before = await clusters.listed()
    report = await clusters.find(None)
    after = await clusters.listed()
    assert report["asked"] == 3
    assert report["kept_centres"] is True
    assert without_order(report) == {"moved": 0, "new": 0, "gone": 0, "new_clusters": [], "gone_clusters": []}
    for was, is_now in zip(before["items"], after["items"], strict=True):
        assert was.pop("top_topics") == is_now.pop("top_topics")
        assert was == pytest.approx(is_now, abs=1e-6)
    assert after["computed_at"] > before["computed_at"]


async def test_clusters_of_people_who_stay_keep_their_ids_and_a_new_one_gets_an_id_nobody_has(
    clusters: Clusters,
) -> None:
    ids = await clusters.people.push(**crowd(36))
    await clusters.people.embed()
    await clusters.find(2)
    before = {name: await clusters.of(contact_id) for name, contact_id in ids.items()}
    report = await clusters.find(3)
    after = {name: await clusters.of(contact_id) for name, contact_id in ids.items()}
    assert report["new_clusters"] == [3]
    assert {is_now for name, is_now in after.items() if before[name] != is_now} == {3}
    assert report["moved"] == sum(before[name] != after[name] for name in ids) == 12
    assert {one["id"]: one["came"] for one in report["clusters"]} == {1: 0, 2: 0, 3: 12}
    assert sum(one["left"] for one in report["clusters"]) == 12
    fewer = await clusters.find(2)
    assert len(fewer["gone_clusters"]) == 1
    assert fewer["moved"] == 12


async def test_who_comes_is_in_the_nearest_cluster_at_once_and_who_goes_is_in_none(clusters: Clusters) -> None:
    ids = await clusters.people.push(**crowd(36))
    await clusters.people.follow(until_vectors=set(ids.values()))
    await clusters.find()
    sea, law = await clusters.of(ids["sea0"]), await clusters.of(ids["law1"])
    ids |= await clusters.people.push(fresh=crowd(1)["sea0"])
    await clusters.people.follow(until_vectors=set(ids.values()))
    assert await clusters.of(ids["fresh"]) == sea
    assert {item["id"]: item["size"] for item in (await clusters.listed())["items"]}[sea] == 13
    await clusters.people.push(fresh=crowd(2)["law1"])
    await clusters.people.embed()
    assert await clusters.of(ids["fresh"]) == law
    await clusters.people.push(sea3={"first_name": "", "title": "", "tags": []})
    await clusters.people.erase(ids["sea0"])
    await clusters.people.follow(until_vectors=set(ids.values()) - {ids["sea0"], ids["sea3"]})
    assert [await clusters.of(ids[name]) for name in ("sea0", "sea3")] == [None, None]
    report = await clusters.find()
    by_id = {one["id"]: one for one in report["clusters"]}
    assert (report["moved"], report["new"], report["gone"]) == (0, 1, 2)
    assert (by_id[sea]["gone"], by_id[law]["new"]) == (2, 1)


async def test_an_erasure_is_confirmed_only_when_the_membership_is_gone_too(
    clusters: Clusters, embeddings_pool: Pool
) -> None:
    ids = await clusters.people.push(**crowd(12))
    await clusters.people.follow(until_vectors=set(ids.values()))
    await clusters.find()
    gone = ids.pop("sea0")
    await clusters.people.erase(gone)
    await clusters.people.follow(until_vectors=set(ids.values()))
    assert (await clusters.people.read(f"/embeddings/erasures/{gone}"))["erased"] is True
    async with workspace(embeddings_pool, clusters.people.id) as connection:
        await connection.execute(
            "INSERT INTO cluster_members (workspace_id, contact_id, cluster_id, similarity) VALUES (%s, %s, 1, 1)",
            (clusters.people.id, gone),
        )
    assert (await clusters.people.read(f"/embeddings/erasures/{gone}"))["erased"] is False
    await clusters.people.embed()
    assert (await clusters.people.read(f"/embeddings/erasures/{gone}"))["erased"] is True


async def test_a_run_that_was_stopped_leaves_what_stands_and_one_that_is_repeated_says_the_same(
    clusters: Clusters,
) -> None:
    await clusters.people.push(**crowd(36))
    await clusters.people.embed()
    await clusters.find(2)
    before = await clusters.listed()
    with pytest.raises(JobCancelled):
        await clusters.find(3, stop_at=train.STEPS - 10)
    assert await clusters.listed() == before
    job_id = uuid4()
    report = await clusters.find(3, job_id=job_id)
    after = await clusters.listed()
    assert await clusters.find(3, job_id=job_id) == report
    assert await clusters.listed() == after
    assert report["moved"] == 12


async def test_who_comes_while_a_run_switches_waits_and_is_placed_in_what_stands_then(
    clusters: Clusters, embeddings_pool: Pool
) -> None:
    await clusters.people.push(**crowd(36))
    await clusters.people.embed()
    await clusters.find()
    [fresh] = (await clusters.people.push(fresh=crowd(1)["sea0"])).values()

    async def waiting() -> bool:
        async with embeddings_pool.connection() as connection:
            query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND NOT granted"
            row = await (await connection.execute(query)).fetchone()
        return row is not None and row[0] > 0

    async with workspace(embeddings_pool, clusters.people.id) as connection:
        await rows.switch(connection, clusters.people.id)
        embedding = asyncio.create_task(clusters.people.embed())
        await until(waiting)
        assert await clusters.of(fresh) is None
        await connection.execute("UPDATE cluster_members SET cluster_id = 1")
        await connection.execute("DELETE FROM clusters WHERE id <> 1")
    await embedding
    assert await clusters.of(fresh) == 1


async def test_the_worker_runs_the_job_with_what_was_asked_for(
    people: People, embeddings_pool: Pool, models: Models
) -> None:
    await people.push(**crowd(12))
    await people.embed()
    asked = await people.ask("POST", "/embeddings/jobs", json={"kind": "cluster", "n_clusters": 4})
    async with workspace(embeddings_pool, people.id) as connection:
        job = await store.start(connection, people.id, UUID(asked.json()["id"]))
    assert job is not None
    result = await run_cluster(Run(job, embeddings_pool), models=models)
    assert (result["status"], result["asked"], result["found"]) == ("scored", 4, 4)
    [seen] = (await people.read("/embeddings/jobs", kind="cluster"))["items"]
    assert seen["progress"] == {"done": train.STEPS - 1, "total": train.STEPS}


def test_clusters_are_found_every_night_after_the_vectors() -> None:
    assert [(stage.kind, stage.at.hour, stage.needs and stage.needs.kind) for stage in NIGHTLY] == [
        ("embed", 4, None),
        ("cluster", 5, "embed"),
    ]


async def test_more_clusters_than_contacts_are_refused_and_what_stands_stays(clusters: Clusters) -> None:
    await clusters.people.push(**crowd(12))
    await clusters.people.embed()
    await clusters.find()
    with pytest.raises(Invalid) as refused:
        await clusters.find(13)
    assert (refused.value.code, refused.value.fields[0].pointer) == ("too_many_clusters", "#/n_clusters")
    assert refused.value.fields[0].allowed == {"le": 12}
    assert len((await clusters.listed())["items"]) == 3


async def test_people_who_are_all_alike_are_one_cluster_and_it_is_said(clusters: Clusters) -> None:
    await clusters.people.push(**{f"n{number}": {"first_name": "", "title": "pilot"} for number in range(12)})
    await clusters.people.embed()
    report = await clusters.find(5)
    [only] = (await clusters.listed())["items"]
    assert (report["asked"], report["found"], report["silhouette"]) == (5, 1, None)
    assert (only["size"], only["top_topics"], only["radius"]) == (12, ["pilot"], pytest.approx(0, abs=1e-3))
    assert (await clusters.people.read(f"/clusters/{only['id']}"))["silhouette"] is None


@pytest.mark.parametrize(
    ("people_pushed", "embedded", "missing"),
    [(0, True, "contacts"), (9, True, "contacts"), (12, False, "vectors"), (12, True, "cluster_job")],
)
async def test_before_there_are_clusters_it_is_said_what_is_missing(
    clusters: Clusters, people_pushed: int, missing: str, *, embedded: bool
) -> None:
    if people_pushed:
        await clusters.people.push(**crowd(people_pushed))
    if embedded:
        await clusters.people.embed()
    found = await clusters.listed()
    assert (found["status"], found["missing"], found["items"]) == ("insufficient_data", [missing], [])
    if missing != "cluster_job":
        report = await clusters.find(None)
        assert (report["status"], report["missing"]) == ("insufficient_data", [missing])


async def test_a_workspace_that_has_become_too_small_has_no_clusters_any_more(clusters: Clusters) -> None:
    ids = await clusters.people.push(**crowd(12))
    await clusters.people.embed()
    await clusters.find()
    for name in list(ids)[:4]:
        await clusters.people.erase(ids[name])
    await clusters.people.embed()
    report = await clusters.find(None)
    assert (report["gone"], report["gone_clusters"]) == (12, [1, 2, 3])
    assert (await clusters.listed())["missing"] == ["contacts"]


async def test_auto_finds_the_three_fields(clusters: Clusters) -> None:
    people = crowd(60)
    await clusters.people.push(**{name: row | {"notes": f"about {name}"} for name, row in people.items()})
    await clusters.people.embed()
    report = await clusters.find("auto")
    assert (report["asked"], report["found"]) == ("auto", 3)
    assert (await clusters.find(None))["asked"] == "auto"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "pointer"),
    [
        ("GET", "/clusters/0", None, 422, "#/cluster_id"),
        ("GET", "/clusters/x", None, 422, "#/cluster_id"),
        ("GET", "/clusters/2147483648", None, 422, "#/cluster_id"),
        ("GET", "/clusters/1?limit=201", None, 422, "#/limit"),
        ("GET", "/clusters?members=51", None, 422, "#/members"),
        ("GET", "/clusters/1?cursor=x", None, 422, "#/cursor"),
        ("POST", "/embeddings/jobs", {"kind": "cluster", "n_clusters": 1}, 422, "#/n_clusters"),
        ("POST", "/embeddings/jobs", {"kind": "cluster", "n_clusters": 51}, 422, "#/n_clusters"),
        ("POST", "/embeddings/jobs", {"kind": "cluster", "n_clusters": "many"}, 422, "#/n_clusters"),
        ("POST", "/embeddings/jobs", {"kind": "embed", "n_clusters": 5}, 422, "#/n_clusters"),
    ],
)
async def test_bad_input_about_clusters_is_named(
    people: People, method: str, path: str, body: dict[str, object] | None, status: int, pointer: str
) -> None:
    answer = await people.ask(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_the_job_may_be_asked_for_with_a_number_or_auto(people: People, embeddings_pool: Pool) -> None:
    for asked in ({}, {"n_clusters": 8}, {"n_clusters": "auto"}):
        answer = await people.ask("POST", "/embeddings/jobs", json={"kind": "cluster"} | asked)
        assert (answer.status_code, answer.json()["kind"]) == (202, "cluster")
        async with workspace(embeddings_pool, people.id) as connection:
            query = "SELECT arguments FROM jobs WHERE id = %s"
            row = await (await connection.execute(query, (answer.json()["id"],))).fetchone()
        assert row == (asked,)


async def test_another_workspaces_clusters_are_not_seen(clusters: Clusters, embeddings: House) -> None:
    await clusters.people.push(**crowd(12))
    await clusters.people.embed()
    await clusters.find()
    stranger = embeddings.token(uuid4())
    listed = await embeddings.client.get("/api/ml/clusters", headers=stranger)
    assert listed.json()["items"] == []
    answer = await embeddings.client.get("/api/ml/clusters/1", headers=stranger)
    assert (answer.status_code, answer.json()["code"]) == (404, "cluster_not_found")
