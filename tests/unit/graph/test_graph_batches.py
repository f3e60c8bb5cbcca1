"""What many fields need is asked for in one call for each service and kind."""

import json

from gateway.graph.reading import EXPLAINED_LIMIT
from tests.unit.graph.conftest import Graph
from tests.unit.graph.scripted import person

FIFTY = """{
  recommendedContacts(limit: 50) {
    id score reason influence reasons { code contribution }
    contact {
      firstName tags influence
      churn { probability riskLevel interventions }
      sentiment { label components { tags notes } }
      similar(limit: 3) {
        id firstName lastName tags influence similarity
        churn { probability } sentiment { label }
      }
    }
  }
}"""


async def test_fifty_contacts_with_all_that_is_said_of_them_and_of_their_neighbours_are_one_call_for_each(
    graph: Graph,
) -> None:
    answer = await graph.ask(FIFTY)
    assert "errors" not in answer
    assert graph.world.calls == {
        "/recommendations/contacts": 1,
        "/similar/batch": 1,
        "/crm/contacts/batch": 1,
        "/churn/batch": 1,
        "/sentiment/batch": 1,
    }
    assert graph.world.body_of("/churn/batch")["explain"] is True
    people = answer["data"]["recommendedContacts"]
    assert len(people) == 50
    for number, one in enumerate(people, start=1):
        contact = one["contact"]
        assert one["id"] == person(number)
        assert contact["firstName"] == f"First {number}"
        assert contact["tags"] == ["mentor"]
        assert contact["churn"] == {"probability": 0.8, "riskLevel": "HIGH", "interventions": ["Reach out"]}
        assert contact["sentiment"]["components"] == {"tags": 1.0, "notes": None}
        assert [near["id"] for near in contact["similar"]] == [person(1000 * number + n) for n in range(3)]
        assert {near["churn"]["probability"] for near in contact["similar"]} == {0.8}


async def test_each_person_is_asked_about_once_however_often_met(graph: Graph) -> None:
    query = """query($id: UUID!) {
      a: contact(id: $id) { tags churn { state contact { title } } }
      b: contact(id: $id) { title }
    }"""
    answer = await graph.ask(query, id=person(5))
    assert answer["data"]["a"]["churn"]["contact"] == answer["data"]["b"] == {"title": None}
    assert graph.world.body_of("/crm/contacts/batch") == {"ids": [person(5)]}
    assert graph.world.calls == {"/crm/contacts/batch": 1, "/churn/batch": 1}


async def test_neighbours_of_people_on_two_lists_are_asked_for_together(graph: Graph) -> None:
    answer = await graph.ask(
        """{ recommendedContacts(limit: 2) { contact { similar(limit: 2) { id } } }
             searchContacts(query: "law", limit: 2) { similar(limit: 4) { id } } }"""
    )
    assert graph.world.calls["/similar/batch"] == 1
    assert [len(one["contact"]["similar"]) for one in answer["data"]["recommendedContacts"]] == [2, 2]
    assert [len(one["similar"]) for one in answer["data"]["searchContacts"]] == [4, 4]


async def test_what_a_list_shows_of_people_is_not_asked_for_again(graph: Graph) -> None:
    await graph.ask("{ recommendedContacts { firstName contact { firstName lastName organization title } } }")
    assert graph.world.calls == {"/recommendations/contacts": 1}


async def test_scores_of_accounts_come_with_reasons_only_where_those_are_asked_for(graph: Graph) -> None:
    plain = await graph.ask("{ recommendedAccounts(limit: 3) { decisionId items { account { name icp { fit } } } } }")
    assert graph.world.body_of("/icp-score/batch")["explain"] is False
    assert graph.world.calls == {"/recommendations": 1, "/icp-score/batch": 1}
    assert plain["data"]["recommendedAccounts"]["decisionId"] == person(77)
    explained = await graph.ask("{ recommendedAccounts(limit: 3) { items { account { icp { reasons { text } } } } } }")
    assert graph.world.body_of("/icp-score/batch")["explain"] is True
    [first, *_] = explained["data"]["recommendedAccounts"]["items"]
    assert first["account"]["icp"]["reasons"] == [{"text": "47 days of silence"}]


async def test_more_than_a_batch_may_have_is_several(graph: Graph) -> None:
    ask = "query { recommendedAccounts(limit: %d) { items { account { icp { reasons { code } } } } } }"
    await graph.ask(ask % (EXPLAINED_LIMIT + 1))
    assert graph.world.calls["/icp-score/batch"] == 2


async def test_only_those_who_are_to_have_reasons_get_them_where_all_would_be_too_many(graph: Graph) -> None:
    query = """{ recommendedContacts(limit: 40) {
      contact { churn { reasons { code } } similar(limit: 10) { id churn { state } } }
    } }"""
    answer = await graph.ask(query)
    assert "errors" not in answer
    bodies = [json.loads(one.content) for one in graph.world.requests if one.url.path == "/api/ml/churn/batch"]
    assert sorted((one["explain"], len(one["contact_ids"])) for one in bodies) == [(False, 400), (True, 40)]


async def test_a_clusters_first_page_comes_with_it(graph: Graph) -> None:
    answer = await graph.ask("{ clusterDetails(clusterId: 2) { size silhouette members { firstName similarity } } }")
    assert len(answer["data"]["clusterDetails"]["members"]) == 50
    assert graph.world.calls == {"/clusters/2": 1}
    assert answer["extensions"]["lists"] == [{"path": ["clusterDetails"], "nextCursor": "next"}]


async def test_all_clusters_come_with_their_people_in_one_call(graph: Graph) -> None:
    answer = await graph.ask("{ contactClusters { size members(limit: 3) { firstName similarity } } }")
    assert [len(one["members"]) for one in answer["data"]["contactClusters"]] == [3, 3]
    assert graph.world.calls == {"/clusters": 1}
    await graph.ask("{ contactClusters { size topTopics } }")
    assert "members" not in graph.world.requests[-1].url.params


async def test_another_page_of_a_cluster_is_asked_for_by_its_cursor(graph: Graph) -> None:
    answer = await graph.ask('{ clusterDetails(clusterId: 2) { members(limit: 3, cursor: "next") { id } } }')
    assert len(answer["data"]["clusterDetails"]["members"]) == 3
    assert dict(graph.world.requests[-1].url.params) == {"limit": "3", "cursor": "next"}


async def test_what_a_list_says_of_itself_is_beside_the_data(graph: Graph) -> None:
    answer = await graph.ask('{ people: recommendedContacts { id } allChurnRisks(riskLevel: "HIGH") { contactId } }')
    assert answer["extensions"]["lists"] == [
        {"path": ["people"], "status": "scored", "missing": [], "belowMinScore": 7},
        {"path": ["allChurnRisks"], "nextCursor": "more"},
    ]
    assert dict(graph.world.requests[-1].url.params) == {"risk_level": "HIGH", "limit": "50"}
