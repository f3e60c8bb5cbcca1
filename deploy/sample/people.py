"""Who they were: one row for each person, with what they wrote about, from the subjects before CUTOFF."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.sample.log import messages, read_tsv, recipients

COLUMNS = ("external_id", "source", "first_name", "last_name", "organization", "title", "tags", "notes")
WORDS_IN_NOTE = 10
MIN_WORDS = 4
MIN_SUBJECTS = 2
MIN_WRITERS = 10  # a word fewer people wrote is private, a name or a slip
MAX_SHARE_OF_WRITERS = 0.5

WRITTEN_OUT = {
    "ENA": "Enron North America",
    "ETS": "Enron Transportation Services",
    "EWS": "Enron Wholesale Services",
    "EES": "Enron Energy Services",
    "EGM": "Enron Global Markets",
    "NA": "Enron",
    "VP": "Vice President",
    "Dir": "Director",
    "Mgr": "Manager",
    "Mng": "Managing",
    "Gen": "General",
    "Asst": "Assistant",
    "Cnsl": "Counsel",
}
SUFFIXES = {"Jr.", "III"}
STOP_WORDS = frozenset(
    # read as text, not as a hundred quoted words
    """
    about after again all also and any are attached back been before but can copy could day days did does draft due
    enron ena far file files final follow for forward forwarded from fwd get got had has have hello help her here him
    his how inc information into its jan feb mar apr may jun june jul july aug sep sept oct nov dec january february
    march april august september october november december just know last let like list llc mail may message meeting
    more most need needed new next not note now off one only our out over per please question questions regarding
    reminder reply request sent she should some test thank thanks that the their them then there these they this
    today tomorrow two updated update urgent use was week were what when where which who will with would yes
    yesterday you your monday tuesday wednesday thursday friday saturday sunday com www http doc xls untitled none
    """.split()  # noqa: SIM905
)
_PREFIX = re.compile(r"^\s*(?:(?:re|fw|fwd)\s*:\s*)+", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{3,}")


@dataclass(frozen=True, slots=True)
class Person:
    number: int
    name: str
    department: str
    long_department: str
    title: str
    seniority: str


def rows(folder: Path) -> Iterator[tuple[str, ...]]:
    """Yield the rows of contacts.csv."""
    people = [
        Person(int(row[0]), row[1].strip(), row[2], row[3], row[4], row[6])
        for row in read_tsv(folder / "employees.tsv")
    ]
    sent, received = _subjects(folder)
    names = {word for person in people for word in _WORD.findall(person.name.lower())}
    sent_words, received_words = _characteristic_words(sent, names), _characteristic_words(received, names)
    for person in people:
        wrote, read = sent_words.get(person.number, []), received_words.get(person.number, [])
        yield _row(person, _note(wrote, read))


def _subjects(folder: Path) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """Each person's distinct subjects, written and received: a long thread counts once."""
    sent: dict[int, set[str]] = defaultdict(set)
    received: dict[int, set[str]] = defaultdict(set)
    subjects: dict[str, str] = {}
    for message in messages(folder):
        if message.is_past:
            subjects[message.number] = _PREFIX.sub("", message.subject).strip().lower()
            sent[int(message.sender)].add(subjects[message.number])
    for number, receiver in recipients(folder):
        if number in subjects:
            received[int(receiver)].add(subjects[number])
    return sent, received


def _characteristic_words(subjects: dict[int, set[str]], names: set[str]) -> dict[int, list[str]]:
    """The words in which a person's subjects differ from the others': TF-IDF over people."""
    skipped = STOP_WORDS | names
    counts = {
        person: Counter(word for subject in theirs for word in set(_WORD.findall(subject)) - skipped)
        for person, theirs in subjects.items()
    }
    writers = Counter(word for theirs in counts.values() for word in theirs)
    most = MAX_SHARE_OF_WRITERS * len(counts)

    def weight(word: str, count: int) -> float:
        return count * math.log(len(counts) / writers[word])

    return {
        person: sorted(
            (word for word, count in theirs.items() if count >= MIN_SUBJECTS and MIN_WRITERS <= writers[word] <= most),
            key=lambda word, theirs=theirs: (-weight(word, theirs[word]), word),  # type: ignore[misc]
        )[:WORDS_IN_NOTE]
        for person, theirs in counts.items()
    }


def _note(wrote: list[str], read: list[str]) -> str:
    if len(wrote) >= MIN_WORDS:
        return f"Writes about {', '.join(wrote)}."
    return f"Receives mail about {', '.join(read)}." if len(read) >= MIN_WORDS else ""


def _row(person: Person, note: str) -> tuple[str, ...]:
    first, last = _split_name(person.name)
    tags = [tag.lower() for tag in (person.department, person.seniority) if tag != "Other"]
    organization = _written_out(person.long_department)
    title = _written_out(person.title)
    return (str(person.number), "enron", first, last, organization, title, ";".join(tags), note)


def _split_name(name: str) -> tuple[str, str]:
    """Given names and initials before, one family name after; "St Clair" and "Jr." belong to the family name."""
    words = name.split()
    cut = len(words) - 1
    while cut > 1 and (words[cut] in SUFFIXES or words[cut - 1] == "St"):
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])


def _written_out(text: str) -> str:
    return " ".join(WRITTEN_OUT.get(word, word) for word in text.split())
