"""People as numbers: who knows whom, who passed messages to whom, who might meet whom. Columns of equal length."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int32]
Offsets: TypeAlias = NDArray[np.int64]
Values: TypeAlias = NDArray[np.float32]
Days: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class People:
    """Everybody of a workspace, numbered 0 to n-1 in the order of their ids.

    `organization` is a number for each distinct one, -1 where none is known; `influence` is 0–1, NaN where unknown.
    """

    organization: Numbers
    influence: Values

    @property
    def count(self) -> int:
        return len(self.organization)


@dataclass(frozen=True, slots=True)
class Links:
    """Who knows whom, a < b, each pair once; strength 0–1, NaN where nobody says; since when, in days since 1970."""

    a: Numbers
    b: Numbers
    strength: Values
    since_day: Days


@dataclass(frozen=True, slots=True)
class Exchanges:
    """What passed between two contacts each; time in days since 1970."""

    contact: Numbers
    counterpart: Numbers
    day: Days

    def before(self, day: float) -> "Exchanges":
        kept = self.day < day
        return Exchanges(self.contact[kept], self.counterpart[kept], self.day[kept])


@dataclass(frozen=True, slots=True)
class Network:
    """Ties as of an instant, as a symmetric matrix in CSR form: row u's neighbours are in ascending order.

    Each weight is 0–1: `strength` as the CRM or the graph job says, `recent` halves with every 90 days since the last
    exchange, `volume` saturates with the exchanges of late. `together` is a second matrix of the same form: how often
    two people were in one message or meeting of a third, of late.
    """

    offsets: Offsets
    neighbours: Numbers
    strength: Values
    recent: Values
    volume: Values
    together_offsets: Offsets
    together_with: Numbers
    together: Values

    @property
    def people(self) -> int:
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who each of some people might meet: `who` numbers the asking person, `whom` the candidate.

    `signals` has one column for each of features.pairs.SIGNALS, scaled by the asking person's largest, 0–1;
    `mutual` counts the contacts they share.
    """

    who: Numbers
    whom: Numbers
    mutual: Numbers
    signals: Values
