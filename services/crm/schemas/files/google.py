"""Google Contacts: CSV of both generations, told apart by nothing but the names of their columns."""

import re

from services.crm.schemas.files.cells import FULL_NAME, person_of, several
from services.crm.schemas.files.table import Column, Layout

FORMAT = "google"
SIGNS = (
    {"given name", "family name"},
    {"first name", "phonetic first name"},
    {"first name", "file as"},
    {"e-mail 1 - value"},
    {"phone 1 - value"},
)
NUMBERED = re.compile(r"(e-mail|phone|website) \d+ - value")
LISTS = {"e-mail": "emails", "phone": "phones", "website": "urls"}
BETWEEN_VALUES = ":::"  # of one label
OWN_GROUP = "*"  # "* myContacts": Google's groups, not the person's


def _groups(cell: str) -> list[str]:
    return [group for group in several(BETWEEN_VALUES)(cell) if not group.startswith(OWN_GROUP)]


def _first(cell: str) -> str:
    return cell.partition(BETWEEN_VALUES)[0].strip()


COLUMNS = {
    "name": Column(FULL_NAME),
    "given name": Column("first_name"),
    "first name": Column("first_name"),
    "family name": Column("last_name"),
    "last name": Column("last_name"),
    "additional name": Column("custom.middle_name"),
    "middle name": Column("custom.middle_name"),
    "name prefix": Column("custom.name_prefix"),
    "name suffix": Column("custom.name_suffix"),
    "nickname": Column("custom.nickname"),
    "organization 1 - name": Column("organization", _first),
    "organization name": Column("organization", _first),
    "organization 1 - title": Column("title", _first),
    "organization title": Column("title", _first),
    "organization 1 - department": Column("custom.department", _first),
    "organization department": Column("custom.department", _first),
    "notes": Column("notes"),
    "group membership": Column("tags", _groups),
    "labels": Column("tags", _groups),
}


def recognises(header: frozenset[str]) -> bool:
    return any(sign <= header for sign in SIGNS)


def _column(name: str) -> Column | None:
    numbered = NUMBERED.fullmatch(name)
    return Column(LISTS[numbered[1]], several(BETWEEN_VALUES)) if numbered else COLUMNS.get(name)


LAYOUT = Layout(FORMAT, "contacts", _column, person_of(FORMAT))
