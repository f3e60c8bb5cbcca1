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


def patched(target: Any, patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object after a merge patch (RFC 7396), as `merge_patch` of the database does it."""
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = patched(merged.get(name), value) if isinstance(value, dict) else value
    return merged


def united_patch(earlier: Row, later: Row) -> dict[str, Any]:
    """Return the merge patch that does what two do, one after the other.

    But for one case: an object that the first clears and the second fills anew keeps what it has stored beside.
    """
    both = dict(earlier)
    for name, value in later.items():
        inner = both.get(name)
        both[name] = united_patch(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return both


def patch_to(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the merge patch that makes one object of the other."""
    patch: dict[str, Any] = dict.fromkeys(before.keys() - after.keys())
    for name, value in after.items():
        old = before.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            patch |= {name: inner} if (inner := patch_to(old, value)) else {}
        elif old != value:
            patch[name] = value
    return patch


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
        if name == "custom":
            kept = {key: one for key, one in now[name].items() if key in before[name] or one != value.get(key)}
            patch[name] = patch_to(now[name], before[name] if now[name] == value else kept)
        elif now[name] == value:
            patch[name] = before[name]
        elif name in UNITED:
            added = [one for one in value if one not in before[name]]
            patch[name] = [one for one in now[name] if one not in added]
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
