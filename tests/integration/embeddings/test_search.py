"""Search: by meaning and words together, by words alone without the provider, and as many as asked for."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from kit.db import Pool, workspace
from tests.conftest import House, Provider
from tests.integration.embeddings.conftest import People


async def search(people: People, query: str, **body: Any) -> dict[str, Any]:
    answer = await people.ask("POST", "/search", json={"query": query, **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [item["first_name"] for item in found["items"]]


async def crowd(people: People) -> dict[str, str]:
    ids = await people.push(
        Ada={"last_name": "Lovelace", "title": "Head of Engineering", "organization": "Analytical Engines"},
        Grace={
            "last_name": "Hopper",
            "title": "Rear Admiral",
            "tags": ["Navy", "compilers"],
            "organization": "US Navy",
        },
        Will={"last_name": "Woods", "title": "Gas trader", "tags": ["navy"], "notes": "Plays chess on Sundays."},
        Анна={"last_name": "Иванова", "title": "Директор по продажам", "organization": "Ромашка"},
    )
    await people.embed()
    return ids


@pytest.mark.parametrize(
    ("query", "first", "match"),
    [
        ("engineers", "Ada", {"field": "title", "value": "Head of Engineering", "terms": ["engineers"]}),
        ("lovelase", "Ada", {"field": "name", "value": "Ada Lovelace", "terms": ["lovelase"]}),
        ("will", "Will", {"field": "name", "value": "Will Woods", "terms": ["will"]}),
        ("compiler", "Grace", {"field": "tags", "value": "compilers", "terms": ["compiler"]}),
        ("CHESS player?", "Will", {"field": "notes", "value": "Plays chess on Sundays.", "terms": ["chess"]}),
        ("директора", "Анна", {"field": "title", "value": "Директор по продажам", "terms": ["директора"]}),
        ("Ивановой", "Анна", {"field": "name", "value": "Анна Иванова", "terms": ["ивановой"]}),
    ],
)  # fmt: skip
async def test_words_find_whom_they_name_in_either_language_mistyped_or_inflected(
    people: People, query: str, first: str, match: dict[str, Any]
) -> None:
    await crowd(people)
    found = await search(people, query)
    assert match in next(item["match"] for item in found["items"] if item["first_name"] == first)
    assert [item["first_name"] for item in found["items"] if item["match"]] == [first]
    assert (found["status"], found["degraded"], found["exhaustive"]) == ("scored", False, True)
    assert len(found["items"]) == 4
    assert all(0 <= item["similarity"] <= 1 for item in found["items"])


@pytest.mark.parametrize(
    "query", ["日本語で探す", "the of and", "x" * 10_000, "word " * 2_000, "'; DROP TABLE --", "%s \\ \u2028"]
)
async def test_whatever_is_asked_meaning_still_ranks_everybody(people: People, query: str) -> None:
    await crowd(people)
    found = await search(people, query, limit=3)
    assert len(found["items"]) == 3
    assert found["degraded"] is False


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"tags": ["navy"]}, {"Grace", "Will"}),
        ({"tags": ["NAVY", "Compilers"]}, {"Grace"}),
        ({"organization": " analytical  engines "}, {"Ada"}),
        ({"organization": "Analytical"}, set()),
        ({"tags": ["navy"], "organization": "Ромашка"}, set()),
        ({}, {"Ada", "Grace", "Will", "Анна"}),
    ],
)
@pytest.mark.parametrize("query", ["head of engineering", "日本語"])
async def test_filters_leave_everybody_who_meets_them_and_nobody_else(
    people: People, query: str, filters: dict[str, Any], found: set[str]
) -> None:
    await crowd(people)
    assert set(names(await search(people, query, filters=filters))) == found


async def test_a_change_of_tags_that_leaves_the_text_as_it_was_is_found_without_a_call(
    people: People, provider: Provider
) -> None:
    ids = await people.push(Ada={"tags": ["friend, mentor"]}, Grace={"tags": ["mentor"]})
    await people.follow(until_vectors=set(ids.values()))
    assert names(await search(people, "anybody", filters={"tags": ["friend"]})) == []
    await people.push(Ada={"tags": ["friend", "mentor"]})
    calls = provider.inputs
    await people.embed()
    assert provider.inputs == calls
    assert names(await search(people, "anybody", filters={"tags": ["friend"]})) == ["Ada"]
    assert names(await search(people, "anybody", filters={"tags": ["friend, mentor"]})) == []


async def test_a_vector_from_before_the_words_were_indexed_is_found_by_a_filter_after_the_next_job(
    people: People, embeddings_pool: Pool
) -> None:
    await crowd(people)
    async with workspace(embeddings_pool, people.id) as connection:
        for forget in ("DELETE FROM postings", "DELETE FROM documents", "UPDATE vectors SET number = NULL"):
            await connection.execute(forget)
    before = await search(people, "日本語", filters={"tags": ["navy"]})
    assert (before["items"], before["exhaustive"]) == ([], False)
    assert (await people.read("/embeddings/readiness"))["items"][1]["have"] == 0
    await people.embed()
    after = await search(people, "日本語", filters={"tags": ["navy"]})
    assert (set(names(after)), after["exhaustive"]) == ({"Grace", "Will"}, True)


async def test_as_many_come_as_were_asked_for_however_many_are_better_outside_the_filter(people: People) -> None:
    await people.push(**{f"e{number}": {"title": "Engineer", "tags": ["many"]} for number in range(300)})
    await people.push(**{f"v{number}": {"title": "Violinist", "tags": ["few"]} for number in range(12)})
    await people.embed()
    found = await search(people, "engineer", limit=12, filters={"tags": ["few"]})
    assert len(found["items"]) == 12
    assert len((await search(people, "engineer", limit=200))["items"]) == 200


async def test_without_the_provider_words_answer_and_say_so(people: People, provider: Provider) -> None:
    await crowd(people)
    provider.failure = 400
    try:
        found = await search(people, "engineering", min_similarity=0.9)
        tagged = await search(people, "admiral trader", filters={"tags": ["navy"]})
        nothing = await search(people, "日本語")
    finally:
        provider.failure = None
    assert (found["status"], found["degraded"], found["exhaustive"]) == ("baseline", True, False)
    assert [(item["first_name"], item["similarity"]) for item in found["items"]] == [("Ada", None)]
    assert set(names(tagged)) == {"Grace", "Will"}
    assert (nothing["items"], nothing["degraded"]) == ([], True)


async def test_a_contact_pushed_while_the_provider_is_away_is_found_by_his_words(
    people: People, away: Provider
) -> None:
    await people.push(**{f"n{number}": {} for number in range(600)})
    await people.push(Ada={"title": "Countess"})
    with pytest.raises(Exception, match="provider"):
        await people.embed()
    assert names(await search(people, "countess")) == ["Ada"]
    await people.push(Grace={"title": "Countess"})
    await people.follow_once()
    assert set(names(await search(people, "countess"))) == {"Ada", "Grace"}
    away.failure = None
    assert names(await search(people, "countess", limit=1)) in (["Ada"], ["Grace"])


async def test_a_minimum_of_similarity_cuts_the_list(people: People) -> None:
    await crowd(people)
    everybody = (await search(people, "engineering"))["items"]
    similar = [item["similarity"] for item in everybody if item["similarity"] >= 0.2]
    cut = (await search(people, "engineering", min_similarity=0.2))["items"]
    assert [item["similarity"] for item in cut] == similar


async def test_what_changes_is_found_by_its_new_words_and_no_longer_by_the_old(people: People) -> None:
    ids = await crowd(people)
    await people.push(Ada={"title": "Countess"})
    await people.embed()
    found = await search(people, "countess")
    assert names(found)[0] == "Ada"
    assert {"field": "title", "value": "Countess", "terms": ["countess"]} in found["items"][0]["match"]
    assert await terms_of(people, ids["Ada"]) >= {"w:countess", "n:lovelace", "o:analytical engines"}
    assert "w:head" not in await terms_of(people, ids["Ada"])


async def test_of_the_erased_no_term_is_left_anywhere(people: People, embeddings_pool: Pool) -> None:
    ids = await people.push(Zebulon={"last_name": "Quixotic", "tags": ["xylophone"]}, Grace={"title": "Admiral"})
    await people.embed()
    await people.erase(ids["Zebulon"])
    await people.embed()
    async with workspace(embeddings_pool, people.id) as connection:
        rows = await connection.execute("SELECT term, entries FROM postings")
        postings = dict(await rows.fetchall())
        documents = await (await connection.execute("SELECT contact_id FROM documents")).fetchall()
        [totals] = await (await connection.execute("SELECT documents, words, grams FROM lexicons")).fetchall()
    assert documents == [(UUID(ids["Grace"]),)]
    assert {term for term in postings if "quixot" in term or "xylo" in term or "zebul" in term} == set()
    assert postings.keys() == await terms_of(people, ids["Grace"])
    assert totals == (1, 2, 12)


async def test_what_has_not_changed_is_not_indexed_again(people: People, embeddings_pool: Pool) -> None:
    await crowd(people)

    async def written() -> list[tuple[Any, ...]]:
        async with workspace(embeddings_pool, people.id) as connection:
            return await (await connection.execute("SELECT xmin::text, term FROM postings ORDER BY term")).fetchall()

    before = await written()
    await people.embed()
    assert await written() == before


async def test_an_empty_workspace_says_what_is_missing(people: People) -> None:
    found = await search(people, "anybody")
    assert (found["items"], found["status"], found["missing"]) == ([], "insufficient_data", ["contacts"])


async def test_nobody_of_another_workspace_is_found(people: People, embeddings: House) -> None:
    await crowd(people)
    stranger = embeddings.token(uuid4())
    body = {"query": "engineering", "filters": {"tags": ["navy"]}}
    answer = await embeddings.client.post("/api/ml/search", json=body, headers=stranger)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/query"),
        ({"query": ""}, "#/query"),
        ({"query": " \t\n"}, "#/query"),
        ({"query": "a\x00b"}, "#/query"),
        ({"query": "x" * 10_001}, "#/query"),
        ({"query": None}, "#/query"),
        ({"query": "x", "limit": 0}, "#/limit"),
        ({"query": "x", "limit": 201}, "#/limit"),
        ({"query": "x", "min_similarity": 2}, "#/min_similarity"),
        ({"query": "x", "filters": {"tags": [""]}}, "#/filters/tags/0"),
        ({"query": "x", "filters": {"tags": ["a"] * 21}}, "#/filters/tags"),
        ({"query": "x", "filters": {"organization": "o\x00"}}, "#/filters/organization"),
        ({"query": "x", "filters": {"tag": ["a"]}}, "#/filters/tag"),
        ({"query": "x", "cursor": "y"}, "#/cursor"),
    ],
)
async def test_a_question_that_breaks_a_rule_is_told_which(people: People, body: dict[str, Any], pointer: str) -> None:
    answer = await people.ask("POST", "/search", json=body)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def terms_of(people: People, contact_id: str) -> set[str]:
    async with workspace(people.pool, people.id) as connection:
        row = await connection.execute("SELECT terms FROM documents WHERE contact_id = %s", (contact_id,))
        [(terms,)] = await row.fetchall()
    return set(terms)
