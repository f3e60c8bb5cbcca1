"""What `rapport demo` says of the sample once it is in: how much there is, who belongs together, who matters most."""

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from deploy.client import Api
from deploy.sample import SIMULATED
from deploy.sample.load import count

COMMUNITIES_SHOWN = 10
INFLUENTIAL_SHOWN = 5


def tell(api: Api, graph: dict[str, Any]) -> Group:
    """Return the figures, the communities and the most influential people; `graph` is the graph job's result."""
    communities = api.get("/crm/communities", limit=COMMUNITIES_SHOWN)["items"]
    influential = api.get("/crm/influence", limit=INFLUENTIAL_SHOWN)["items"]
    return Group(
        _figures(_number(api, "/crm/contacts"), _number(api, "/crm/accounts"), graph),
        _simulated(),
        _communities(communities, graph["communities"]),
        _influential(influential),
    )


def _number(api: Api, path: str) -> int:
    return sum(1 for _ in api.items(path))


def _figures(people: int, accounts: int, graph: dict[str, Any]) -> Text:
    links = graph["given_links"] + graph["derived_links"]
    parts = (
        (people, "people"),
        (graph["interactions"], "interactions"),
        (links, "links"),
        (graph["communities"], "communities"),
        (accounts, "accounts"),
    )
    return Text("\n" + ", ".join(f"{number:,} {word}" for number, word in parts), style="bold")


def _simulated() -> Text:
    parts = ", ".join(f"{count(kind):,} {kind.replace('_', ' ')}" for kind in SIMULATED)
    return Text(f"Simulated, and marked so (source: simulated): {parts}\n", style="dim")


def _communities(items: list[dict[str, Any]], found: int) -> Table:
    shown = "" if len(items) == found else f" (the {len(items)} largest of {found})"
    table = Table("people", "the most influential of them", title=f"Communities{shown}", title_justify="left")
    for item in items:
        table.add_row(str(item["size"]), Text(", ".join(full_name(member) for member in item["top_members"])))
    return table


def _influential(items: list[dict[str, Any]]) -> Table:
    table = Table("name", "organization", "title", "influence", title="The five most influential", title_justify="left")
    for item in items:
        cells = (full_name(item), item["organization"] or "", item["title"] or "")
        table.add_row(*(Text(cell) for cell in cells), f"{item['influence_score']:.3f}")
    return table


def full_name(person: dict[str, Any]) -> str:
    return f"{person['first_name']} {person['last_name']}".strip()
