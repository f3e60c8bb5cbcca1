"""How much there is of each kind of facts, on the wire."""

from typing import Literal, Self

from pydantic import BaseModel

from kit.readiness import Amount, amounts_of
from services.crm.domain import Amounts
from services.crm.schemas import examples

Kind = Literal["contacts", "links", "interactions", "accounts", "research_runs", "user_interactions"]

# Three people make one path of two steps; accounts and below are the specification's own, where learned models begin.
_ENOUGH: dict[str, tuple[int, int]] = {
    "contacts": (3, 150),
    "links": (2, 1_000),
    "interactions": (100, 10_000),
    "accounts": (20, 100),
    "research_runs": (50, 500),
    "user_interactions": (100, 1_000),
}


class ReadinessItem(Amount):
    kind: Kind


class ReadinessOut(BaseModel, json_schema_extra=examples.READINESS):
    """How much the workspace has of the facts that everything else is computed from."""

    items: list[ReadinessItem]
    next_cursor: str | None = None

    @classmethod
    def from_domain(cls, amounts: Amounts) -> Self:
        return cls(items=amounts_of(ReadinessItem, amounts, _ENOUGH))
