"""What `rapport demo` asks Rapport about the sample: one function for each question, each returns what is shown."""

from collections.abc import Iterable
from typing import Any

from rich.table import Table
from rich.text import Text

from deploy.client import Api
from deploy.summary import full_name

SIMILAR_SHOWN = 3
FOUND_SHOWN = 3
MEMBERS_SHOWN = 3
PEOPLE_SHOWN = 3
DRIFTING_SHOWN = 6
REASONS_SHOWN = 3
QUESTION = "who works on regulatory affairs"


def similar(api: Api, person: dict[str, Any]) -> Table:
    """Who is like this person?"""
    found = api.get(f"/similar/{person['id']}", limit=SIMILAR_SHOWN)["items"]
    return _people(f"Who is like {full_name(person)}, {person['title']}?", found)


def search(api: Api) -> Table:
    """Who answers a question in free text?"""
    found = api.request("POST", "/search", json={"query": QUESTION, "limit": FOUND_SHOWN})["items"]
    return _people(f"Search: “{QUESTION}”", found)


def clusters(api: Api) -> Table:
    """Which interest groups are there, and who is typical of each?"""
    table = Table("people", "topics", "the most typical of them", title="Interest clusters", title_justify="left")
    for cluster in api.get("/clusters")["items"]:
        members = api.get(f"/clusters/{cluster['id']}", limit=MEMBERS_SHOWN)["members"]
        topics, names = ", ".join(cluster["top_topics"]), ", ".join(full_name(member) for member in members)
        table.add_row(str(cluster["size"]), Text(topics), Text(names))
    return table


def people_to_meet(api: Api, person: dict[str, Any]) -> Table:
    """Whom should this person meet, why, and by which model?"""
    found = api.get("/recommendations/contacts", contact_id=person["id"], limit=PEOPLE_SHOWN)
    title = Text(f"Whom should {full_name(person)} meet? ({found['model']['kind'].replace('_', ' ')})")
    table = Table("name", "title", "score", "because", title=title, title_justify="left")
    for item in found["items"]:
        because = "; ".join(reason["text"] for reason in item["reasons"] if reason["contribution"] > 0)
        contact = item["contact"]
        table.add_row(Text(full_name(contact)), Text(contact["title"] or ""), f"{item['score']:.2f}", Text(because))
    return table


def drifting(api: Api, person: dict[str, Any]) -> Table:
    """Who is drifting away from this person, why, and what to do about it?"""
    found = api.get("/churn", ego_contact_id=person["id"], limit=DRIFTING_SHOWN)["items"]
    kind = found[0]["model"]["kind"].replace("_", " ") if found else "nothing is known yet"
    title = Text(f"Who is drifting away from {full_name(person)}? ({kind})")
    table = Table("name", "risk", "silence", "because", "what to do", title=title, title_justify="left")
    for item in found:
        name = full_name(api.get(f"/crm/contacts/{item['contact_id']}"))
        against = [reason["text"] for reason in item["reasons"] if reason["contribution"] > 0]
        because = "; ".join(against[:REASONS_SHOWN])
        to_do = "; ".join(one["text"] for one in item["interventions"])
        table.add_row(Text(name), item["risk_level"], f"{item['churn_probability']:.0%}", Text(because), Text(to_do))
    return table


def _people(title: str, people: Iterable[dict[str, Any]]) -> Table:
    table = Table("name", "organization", "title", "similarity", title=Text(title), title_justify="left")
    for person in people:
        cells = (full_name(person), person["organization"] or "", person["title"] or "")
        likeness = "" if person["similarity"] is None else f"{person['similarity']:.2f}"
        table.add_row(*(Text(cell) for cell in cells), likeness)
    return table
