"""What several rows of one person become: the kept one's fields win, absent ones are filled, lists are united."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from services.crm.usecases.suppressions import normalise

Row = Mapping[str, Any]

# A link is named by its pair: the same two people give the same id in every workspace, whoever pushes them.
LINKS = UUID("5f0c4c3e-0b1a-5d0e-9a55-3f6d7b9d2c11")
FILLED = (
    "first_name", "last_name", "organization", "title", "notes", "account_id", "influence_score", "community_id"
)  # fmt: skip
UNITED = {"emails": "email", "phones": "phone", "urls": "url", "tags": "tag"}
ABSENT = (None, "")


def link_id(one: str, other: str) -> UUID:
    """Return the id of the link between two people, given in their order."""
    return uuid5(LINKS, f"{one}{other}")


def filled(kept: Row, others: Sequence[Row]) -> dict[str, Any]:
    """Return what the kept row gains by the others, field by field; nothing of its own is lost."""
    gained: dict[str, Any] = {}
    for name in FILLED:
        given = [other[name] for other in others if other.get(name) not in ABSENT]
        if kept.get(name) in ABSENT and given:
            gained[name] = given[0]
    for name, kind in UNITED.items():
        own = list(kept.get(name) or ())
        more = [value for other in others for value in other.get(name) or ()]
        united = _united(kind, own, more)
        if len(united) > len(own):
            gained[name] = united
    custom: dict[str, Any] = {}
    for row in (*reversed(others), kept):
        custom |= row.get("custom") or {}
    if custom != (kept.get("custom") or {}):
        gained["custom"] = custom
    return gained


def _united(kind: str, own: Sequence[str], more: Iterable[str]) -> list[str]:
    united = list(own)
    seen = {normalise(kind, value) or value for value in own}
    for value in more:
        key = normalise(kind, value) or value
        if key not in seen:
            seen.add(key)
            united.append(value)
    return united


def taken_back(before: Row, gained: Row, now: Row) -> dict[str, Any]:
    """Return what makes of the kept row as it is now the row it would be without what it gained; later changes stay."""
    patch: dict[str, Any] = {}
    for name, value in gained.items():
        if now[name] == value:
            patch[name] = before[name]
        elif name in UNITED:
            added = [one for one in value if one not in before[name]]
            patch[name] = [one for one in now[name] if one not in added]
        elif name == "custom":
            added_keys = value.keys() - before[name].keys()
            patch[name] = {key: one for key, one in now[name].items() if key not in added_keys or one != value[key]}
    return patch


def moved_links(links: Sequence[Row], kept: str, merged: Sequence[str]) -> list[dict[str, Any]]:
    """Return the links that the kept contact gains: the strongest of each pair, none to itself."""
    best: dict[str, Row] = {}
    for link in sorted(links, key=lambda link: link["contact_a"] in merged or link["contact_b"] in merged):
        one, other = sorted(kept if end in merged else end for end in (link["contact_a"], link["contact_b"]))
        name = str(link_id(one, other))
        if one != other and (name not in best or _strength(link) > _strength(best[name])):
            best[name] = link | {"id": name, "contact_a": one, "contact_b": other}  # type: ignore[operator]
    stored = {link["id"]: link for link in links}
    return [dict(link) for name, link in best.items() if stored.get(name) != link]


def _strength(link: Row) -> float:
    return -1.0 if link["strength"] is None else float(link["strength"])
