"""The public Enron log as its folder holds it (Perry and Wolfe's coding): messages, and who they went to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.sample import CUTOFF


@dataclass(frozen=True, slots=True)
class Message:
    number: str
    sent_at: datetime
    subject: str
    sender: str

    @property
    def is_past(self) -> bool:
        """Whether it is in the sample; what comes after is the sample's future."""
        return self.sent_at < CUTOFF


def messages(folder: Path) -> Iterator[Message]:
    for number, _, unix_time, subject, sender in read_tsv(folder / "messages.tsv"):
        yield Message(number, datetime.fromtimestamp(int(unix_time), UTC), subject.strip(), sender)


def recipients(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield a message's number and one person who received it."""
    for number, _, receiver in read_tsv(folder / "recipients.tsv"):
        yield number, receiver


def read_tsv(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line.split("\t")
