"""A ranker that serves: percentiles, what adds up to them, and training from the facts."""

from uuid import UUID, uuid4

import numpy as np
import pytest

from kit.db import workspace
from kit.jobs import Run
from kit.jobs import store as jobs
from kit.registry import Gate, Metric, Served, Training, publish
from services.recommend.jobs import run_recommend, run_train
from services.recommend.model.people import FEATURES, NAME, Ranker, load
from tests.integration.recommend.conftest import NOW, Circle
from tests.integration.recommend.test_runs import Killed, crowd

WEIGHTS = Ranker(tuple(0.5 if name == "adamic_adar" else 0.1 for name in FEATURES), -2.0)


async def serve(circle: Circle, ranker: Ranker, version: str) -> None:
    gate = Gate(passed=True, reason="told to", compared_with="baseline")
    metrics = {"map_at_20": Metric(0.3, 0.2, 0.4)}
    training = Training(NAME, version, "logistic_regression", ranker.dump(), FEATURES, {"numpy": "2"}, metrics, gate)
    async with workspace(circle.pool, circle.id) as connection:
        assert await publish(connection, circle.id, training, actor="service:test")


async def test_its_score_is_the_percentile_among_all_candidates_of_the_run(circle: Circle) -> None:
    ids = await crowd(circle)
    await serve(circle, WEIGHTS, "one")
    report = await circle.compute(at_once=9)
    assert report["model"] == {"name": NAME, "version": "one", "kind": "logistic_regression"}
    raw, scores = [], []
    for contact_id in ids.values():
        found = await circle.meet(contact_id, limit=200)
        assert (found["status"], found["link"], found["model"]["version"]) == ("scored", "logit", "one")
        for item in found["items"]:
            raw.append(item["base"] + sum(reason["contribution"] for reason in item["reasons"]))
            scores.append(item["score"])
    assert len(scores) == report["candidates"]
    exact = (np.searchsorted(np.sort(raw), raw) + np.searchsorted(np.sort(raw), raw, side="right")) / 2 / len(raw)
    assert np.abs(np.array(scores) - exact).max() < 0.01
    assert 0 < min(scores) < max(scores) < 1


async def test_a_model_that_serves_since_begins_the_run_anew(circle: Circle) -> None:
    await crowd(circle)
    await serve(circle, WEIGHTS, "one")
    run_id = uuid4()

    async def die(done: int, _total: int) -> None:
        if done == 20:
            raise Killed

    with pytest.raises(Killed):
        await circle.compute(run_id=run_id, at_once=10, progress=die)
    await serve(circle, Ranker(tuple(1.0 if name == "adamic_adar" else 0.0 for name in FEATURES), 0.0), "two")
    report = await circle.compute(run_id=run_id, at_once=10)
    assert report["model"] == {"name": NAME, "version": "two", "kind": "index"}
    assert report["contacts"] == len(await circle.rows("people_runs")) * 40


async def asked_for(circle: Circle, kind: str) -> Run:
    """Ask for a job; return it as a worker would begin it."""
    asked = await circle.ask("POST", "/jobs", json={"kind": kind, "as_of": NOW.isoformat()})
    assert asked.status_code == 202, asked.text
    async with workspace(circle.pool, circle.id) as connection:
        job = await jobs.start(connection, circle.id, UUID(asked.json()["id"]))
    assert job is not None
    return Run(job, circle.pool)


async def test_both_jobs_run_as_they_are_asked_for_over_the_api(circle: Circle) -> None:
    ids = await crowd(circle)
    trained = await run_train(await asked_for(circle, "train"), compares=circle.compares)
    served = Served(NAME, load)
    report = await run_recommend(await asked_for(circle, "recommend"), served=served, compares=circle.compares)
    assert report["contacts"] == len(ids)
    listed = (await circle.ask("GET", "/models")).json()
    assert listed["serving"] == {NAME: trained["version"] if trained.get("serves") else None}
    assert report["model"]["kind"] != "baseline" or not trained.get("serves")
    assert (await circle.meet(ids["p0"]))["facts_as_of"] == NOW.isoformat().replace("+00:00", "Z")


async def test_too_few_ties_teach_nothing_and_the_answer_says_so(circle: Circle) -> None:
    await circle.people("Ada", "Bob")
    trained = await run_train(await asked_for(circle, "train"), compares=circle.compares)
    assert trained == {"trained": False, "reason": "too few ties formed to learn from"}
