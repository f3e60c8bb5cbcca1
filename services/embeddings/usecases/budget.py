"""What the vectors of a workspace may still cost today; requests that only ask are not counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kit.db import Connection
from kit.errors import Unavailable
from services.embeddings.domain.models import Spent
from services.embeddings.model import most_tokens
from services.embeddings.store import models as rows


@dataclass(slots=True)
class Budget:
    """Tokens that are left of a day's; `spent` is None where there is no limit."""

    daily_tokens: int
    spent: Spent | None
    promised: int = 0

    @property
    def is_used_up(self) -> bool:
        return self.spent is not None and self.spent.tokens >= self.daily_tokens

    def admit(self, texts: Sequence[str]) -> int:
        """Promise tokens to as many of the texts as are sure to fit, from the first on; return how many.

        A text that is longer than a day's budget goes as a day's first: it would never go otherwise.
        """
        if self.spent is None:
            return len(texts)
        for count, text in enumerate(texts):
            used, cost = self.spent.tokens + self.promised, most_tokens([text])
            if used and used + cost > self.daily_tokens:
                return count
            self.promised += cost
        return len(texts)

    def used_up(self) -> Unavailable:
        """Return what to say when something has to wait for the next day."""
        assert self.spent is not None  # noqa: S101 without a limit nothing waits
        return Unavailable(
            "The day's budget of tokens is used up: the rest follows when the next day begins (UTC).",
            code="daily_budget_used",
            retry_after_s=self.spent.day_ends_in_s,
            extra={"resumes_at": self.spent.day_ends_at.isoformat()},
        )


async def read(connection: Connection, workspace_id: UUID, daily_tokens: int) -> Budget:
    return Budget(daily_tokens, await rows.spent_today(connection, workspace_id) if daily_tokens else None)
