"""What they wrote to each other: one interaction for each message and recipient, seen from the recipient."""

from collections.abc import Iterator
from pathlib import Path

from deploy.sample.log import messages, recipients

COLUMNS = (
    "source",
    "external_id",
    "contact_id.source",
    "contact_id.external_id",
    "counterpart_id.source",
    "counterpart_id.external_id",
    "kind",
    "direction",
    "occurred_at",
    "summary",
)


def rows(folder: Path, *, past: bool) -> Iterator[tuple[str, ...]]:
    """Yield the interactions before the log's cutoff, or those after it; nobody writes to himself, once is enough."""
    wanted = {message.number: message for message in messages(folder) if message.is_past == past}
    pairs = dict.fromkeys(pair for pair in recipients(folder) if pair[0] in wanted)
    for number, receiver in pairs:
        message = wanted[number]
        if receiver != message.sender:
            ends = ("enron", message.sender, "enron", receiver)
            what = ("email", "in", message.sent_at.isoformat(), message.subject)
            yield ("enron", f"{number}:{receiver}", *ends, *what)
