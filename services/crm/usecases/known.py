"""Whom the names in a file lead to, kept from one of its batches to the next while nobody else writes to the workspace.

A file of interactions names the same people over and over. Whoever writes holds the workspace, and says so in its
`last_write`: as long as that is our own, what was found still holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

Name: TypeAlias = tuple[str, str]  # source and external id

PEOPLE = 131_072  # some 40 MB


@dataclass(slots=True)
class Known:
    """Contacts by name, each under its id as JSON has it. One thread writes to it; another may read it meanwhile.

    `generation` changes when what was known may no longer hold: what was made with another is to be made anew.
    """

    limit: int = 0
    ids: dict[Name, str] = field(default_factory=dict)
    generation: int = 0
    last_write: str | None = None

    def check(self, last_write: str | None) -> None:
        """Forget everybody when somebody else has written since; called once the workspace is ours."""
        if last_write != self.last_write:
            self.forget()

    def forget(self) -> None:
        self.generation += 1
        self.ids.clear()

    @property
    def room(self) -> int:
        return self.limit - len(self.ids)

    def learn(self, found: Mapping[Name, UUID]) -> None:
        self.ids.update((name, row_id.hex) for name, row_id in found.items())
