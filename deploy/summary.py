"""What `rapport demo` says of the sample once it is in: how much there is, who belongs together, who matters most."""

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from deploy.client import Api
from deploy.sample import SIMULATED
from deploy.sample.load import count

PEOPLE_LIMIT = 200
COMMUNITIES_SHOWN = 10
INFLUENTIAL_SHOWN = 5


def tell(api: Api, graph: dict[str, Any]) -> Group:
    """Return the figures, the communities and the most influential people; `graph` is the graph job's result."""
    communities = api.get("/crm/communities", limit=COMMUNITIES_SHOWN)["items"]
    influential = api.get("/crm/influence", limit=INFLUENTIAL_SHOWN)["items"]
    people = len(api.get("/crm/contacts", limit=PEOPLE_LIMIT)["items"])
    return Group(
        _figures(people, graph),
        _simulated(),
        _communities(communities, graph["communities"]),
        _influential(influential),
    )


def people_to_meet(person: dict[str, Any], found: dict[str, Any]) -> Table:
    """Return whom a person should meet and why, and by which model."""
    title = f"Whom should {_name(person)} meet? ({found['model']['kind'].replace('_', ' ')})"
    table = Table("name", "title", "score", "because", title=title, title_justify="left")
    for item in found["items"]:
        because = "; ".join(reason["text"] for reason in item["reasons"] if reason["contribution"] > 0)
        contact = item["contact"]
        table.add_row(Text(_name(contact)), Text(contact["title"] or ""), f"{item['score']:.2f}", Text(because))
    return table


def _figures(people: int, graph: dict[str, Any]) -> Text:
    links = graph["given_links"] + graph["derived_links"]
    parts = (
        (people, "people"),
        (graph["interactions"], "interactions"),
        (links, "links"),
        (graph["communities"], "communities"),
        (count("accounts"), "accounts"),
    )
    return Text("\n" + ", ".join(f"{number:,} {word}" for number, word in parts), style="bold")


def _simulated() -> Text:
    parts = ", ".join(f"{count(kind):,} {kind.replace('_', ' ')}" for kind in SIMULATED)
    return Text(f"Simulated, and marked so (source: simulated): {parts}\n", style="dim")


def _communities(items: list[dict[str, Any]], found: int) -> Table:
    shown = "" if len(items) == found else f" (the {len(items)} largest of {found})"
    table = Table("people", "the most influential of them", title=f"Communities{shown}", title_justify="left")
    for item in items:
        table.add_row(str(item["size"]), Text(", ".join(_name(member) for member in item["top_members"])))
    return table


def _influential(items: list[dict[str, Any]]) -> Table:
    table = Table("name", "organization", "title", "influence", title="The five most influential", title_justify="left")
    for item in items:
        cells = (_name(item), item["organization"] or "", item["title"] or "")
        table.add_row(*(Text(cell) for cell in cells), f"{item['influence_score']:.3f}")
    return table


def _name(person: dict[str, Any]) -> str:
    return f"{person['first_name']} {person['last_name']}".strip()
