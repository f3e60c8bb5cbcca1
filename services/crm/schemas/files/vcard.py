"""vCard 2.1, 3.0 and 4.0: each card a contact, or a bad row that says which of its lines is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from kit.errors import FieldError, Invalid
from services.crm.domain import BadRow, Item
from services.crm.schemas.files.encoding import PIECE_BYTES, count_lines, not_readable
from services.crm.schemas.files.identity import identified_person, path_of, read_row
from services.crm.schemas.files.vcard_lines import Property, properties
from services.crm.schemas.files.vcard_person import PropertyError, person_of

FORMAT = "vcard"
KIND = "contacts"
BEGINNING = b"BEGIN:VCARD"
PROPERTIES_LIMIT = 1_000  # of one card, among those that are taken
TAKEN = frozenset({"N", "FN", "NICKNAME", "ORG", "TITLE", "EMAIL", "TEL", "URL", "CATEGORIES", "NOTE", "UID"})
SILENT = frozenset({"VERSION", "PRODID", "REV", "PROFILE", "X-ABLABEL"})  # nothing is lost without them
KINDS = frozenset({"KIND", "X-ADDRESSBOOKSERVER-KIND"})
FIELDS = {
    "external_id": "UID",
    "first_name": "N",
    "last_name": "N",
    "organization": "ORG",
    "title": "TITLE",
    "emails": "EMAIL",
    "phones": "TEL",
    "urls": "URL",
    "tags": "CATEGORIES",
    "notes": "NOTE",
}


@dataclass(slots=True)
class _Card:
    """What has been read of a card, and the first thing that is wrong with it."""

    line: int
    version: str = "3.0"
    taken: dict[str, list[Property]] = field(default_factory=dict)
    count: int = 0
    is_group: bool = False
    last: str = ""
    wrong: BadRow | None = None

    def add(self, one: Property) -> None:
        self.last = one.name if not one.value.strip() else ""
        if one.name == "VERSION":
            self.version = one.value.strip()
        elif one.name in KINDS:
            self.is_group = self.is_group or one.value.strip().lower() == "group"
        elif one.name in TAKEN:
            self.count += 1
            self.taken.setdefault(one.name, []).append(one)
        if one.fault and (one.name in TAKEN or not one.name):
            self.refuse(one, one.fault)
        elif self.count > PROPERTIES_LIMIT:
            self.taken.clear()
            self.refuse(one, f"is beyond the {PROPERTIES_LIMIT:,} properties a card may have")

    def refuse(self, one: Property, reason: str) -> None:
        self.wrong = self.wrong or BadRow(one.line, one.name or None, f"{one.name or 'this line'} {reason}")

    @property
    def opens_another(self) -> bool:
        return self.last == "AGENT"  # vCard 2.1 writes another whole card below it


@dataclass(slots=True)
class CardFile:
    """An opened file of cards."""

    file: IO[bytes]
    size: int
    format: str = FORMAT
    optional: frozenset[str] = frozenset()
    _ignored: dict[str, None] = field(default_factory=dict)

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        return tuple(self._ignored)

    def __iter__(self) -> Iterator[Item | BadRow]:
        card: _Card | None = None
        inner, told = 0, False
        for one in properties(self.file):
            is_begin, is_end = _is_edge(one, "BEGIN"), _is_edge(one, "END")
            if card and (inner or (is_begin and card.opens_another)):
                inner += is_begin - is_end
            elif is_begin:
                if card:
                    yield BadRow(card.line, None, f"the card has no end: another begins in line {one.line}")
                card, told = _Card(one.line), False
            elif card is None:
                if not told:
                    yield BadRow(one.line, None, "this line is in no card; those up to the next card are skipped")
                told = True
            elif is_end:
                yield _read(card)
                card = None
            else:
                card.add(one)
                self._note(one)
        if card:
            yield BadRow(card.line, None, "the card has no end: the file is cut off")

    def _note(self, one: Property) -> None:
        if one.name and one.name not in TAKEN | SILENT | KINDS and len(self._ignored) < PROPERTIES_LIMIT:
            self._ignored.setdefault(one.name[:100])


def open_cards(file: IO[bytes]) -> CardFile:
    """Count the cards of a file; raise Invalid at the first property whose bytes are neither UTF-8 nor declared."""
    try:
        count_lines(file)
    except Invalid:
        _check_charsets(file)
    file.seek(0)
    cards = 0
    while piece := file.read(PIECE_BYTES):
        cards += piece.upper().count(BEGINNING)
    return CardFile(file, cards)


def _check_charsets(file: IO[bytes]) -> None:
    """Raise Invalid, unless each property that is not UTF-8 says what it is, or only a fold cuts its characters."""
    for one in properties(file):
        if one.charset is None and not one.fault:
            try:
                one.value.encode("latin-1").decode()
            except UnicodeDecodeError:
                raise not_readable(one.line, "UTF-8") from None


def _is_edge(one: Property, name: str) -> bool:
    return one.name == name and one.value.strip().upper() == "VCARD"


def _read(card: _Card) -> Item | BadRow:
    if card.is_group:
        return BadRow(card.line, "KIND", "a group, not a person")
    if card.wrong:
        return card.wrong
    try:
        row = identified_person(person_of(card.taken, card.version), FORMAT)
    except PropertyError as error:
        return BadRow(error.line, error.name, f"{error.name} {error}")
    except ValueError as error:
        return BadRow(card.line, None, f"the card {error}")
    return read_row(KIND, card.line, row, _property)


def _property(wrong: FieldError) -> str | None:
    field_name = next(iter(path_of(wrong)), None)
    return FIELDS.get(field_name, field_name) if field_name else None
