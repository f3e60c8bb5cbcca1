"""How much a workspace has of each kind of data, as all say it; which kinds, and how much is enough, is a service's."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, Field


class Amount(BaseModel):
    """One kind of data; a service narrows `kind` to its own."""

    kind: str
    have: int
    minimum: int = Field(description="with fewer there is nothing to compute from, or to learn from")
    optimal: int


AmountT = TypeVar("AmountT", bound=Amount)


def amounts_of(item: type[AmountT], found: object, enough: Mapping[str, tuple[int, int]]) -> list[AmountT]:
    """Return an item for each kind of `enough` (kind → minimum and optimal), with what `found` has by that name."""
    return [
        item(kind=kind, have=getattr(found, kind), minimum=minimum, optimal=optimal)
        for kind, (minimum, optimal) in enough.items()
    ]
