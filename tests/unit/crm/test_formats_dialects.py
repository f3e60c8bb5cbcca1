"""The address books of shared/data/vcards, each field against what a person reads in the file."""

from pathlib import Path
from typing import Any

import pytest

from services.crm.domain import Item
from services.crm.schemas.files.formats import open_file

# Beside the repository, or beside what a worktree of it lies in.
PLACES = [parent / "shared/data/vcards" for parent in Path(__file__).parents]
FOLDER = next((place for place in PLACES if place.is_dir()), PLACES[0])
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="skipped: no data")

FIELDS = ("first_name", "last_name", "organization", "title", "emails", "phones")
JOHN = {"first_name": "John", "last_name": "Doe", "organization": "IBM", "title": "Money Counter"}
MAIL = {"emails": ["john.doe@ibm.com"]}
N = "\N{LATIN CAPITAL LETTER N WITH TILDE}"
LICENCE = (
    "THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS",
    "INCLUDING, BUT NOT LIMITED TO",
    "(INCLUDING NEGLIGENCE OR OTHERWISE)",
    "POSSIBILITY OF SUCH DAMAGE.",
)
ALL_PHONES = ["905-666-1234", "905-555-1234", "905-888-1234", "905-999-1234", "905-111-1234", "905-222-1234"]
# Of each file its cards; of notes the pieces that must be there, in order: some are a page of licence.
DIALECTS: dict[str, list[dict[str, Any]]] = {
    "John_Doe_ANDROID": [
        {"emails": ["john.doe@company.com"]},
        {"emails": ["jane.doe@company.com"]},
        {"last_name": f"{N} {N} {N} {N}", "phones": ["123456789"]},
        {
            "last_name": " ".join([N] * 11),
            "phones": ["123456", "234567", "3456789", "45678901"],
            "notes": (f"{N} {N} {N} {N} {N} {N} {N} {N}{N} {N} {N} {N} {N} {N} {N} {N}{N} {N} {N} {N} {N}",),
        },
        {
            "first_name": f"{N} {N} {N}",
            "last_name": f"{N} {N}",
            "organization": N * 12,
            "emails": ["bob@company.com"],
            "phones": ["123456"],
        },
        {
            "last_name": N * 4,
            "organization": N * 44,
            "emails": ["henry@company.com"],
            "phones": ["55556666"],
        },
    ],
    "John_Doe_BLACK_BERRY": [
        {
            "first_name": "john",
            "last_name": "Doe",
            "organization": "Acme Solutions",
            "phones": ["+96123456789"],
        },
    ],
    "John_Doe_EVOLUTION": [{**JOHN, **MAIL, "phones": ["905-666-1234", "905-555-1234"], "notes": LICENCE}],
    "John_Doe_GMAIL": [
        {**JOHN, **MAIL, "phones": ["905-555-1234", "905-666-1234"], "notes": (*LICENCE, "\nFavotire Color: Blue")}
    ],
    "John_Doe_IPHONE": [{**JOHN, **MAIL, "phones": [ALL_PHONES[1], ALL_PHONES[0], "905-777-1234", *ALL_PHONES[2:]]}],
    "John_Doe_LOTUS_NOTES": [
        {
            **JOHN,
            "title": "Generic Accountant",
            "emails": ["john.doe@ibm.com", "billy_bob@gmail.com"],
            "phones": ["+1 (212) 204-34456", "00-1-212-555-7777"],
            "notes": (f'{LICENCE[0]} "AS IS"\nAND ANY EXPRESS OR IMPLIED WARRANTIES', "\n POSSIBILITY OF SUCH DAMAGE."),
        },
    ],
    "John_Doe_MAC_ADDRESS_BOOK": [
        {**JOHN, **MAIL, "phones": ["905-777-1234", *ALL_PHONES], "notes": (*LICENCE, "\nFavotire Color: Blue")}
    ],
    "John_Doe_MS_OUTLOOK": [
        {
            **JOHN,
            "emails": ["john.doe@ibm.cm"],
            "phones": ["(905) 555-1234", "(905) 666-1234"],
            "notes": ("THIS SOFTWARE IS PROVIDED BY GEORGE EL-HADDAD ''AS IS'' AND", LICENCE[3]),
        },
    ],
    "fullcontact": [
        {
            "first_name": "FirstName",
            "last_name": "LastName",
            "organization": "Organization1",
            "title": "Title1",
            "emails": [f"{name}@example.com" for name in ("home", "work", "school", "other", "custom")],
            "phones": [f"555-555-111{digit}" for digit in range(1, 10)],
            "notes": ("Notes line 1\nNotes line 2",),
        },
    ],
    "gmail-list": [
        {"first_name": "Arnold", "last_name": "Smith", "emails": ["asmithk@gmail.com"]},
        {"first_name": "Chris", "last_name": "Beatle", "emails": ["chrisy55d@yahoo.com"]},
        {"first_name": "Doug", "last_name": "White", "emails": ["dwhite@gmail.com"]},
    ],
    "gmail-single": [
        {
            "first_name": "Greg",
            "last_name": "Dartmouth",
            "organization": "TheCompany",
            "title": "TheJobTitle",
            "emails": ["gdartmouth@hotmail.com"],
            "phones": ["555 555 1111", "555 555 2222"],
            "notes": ("This is GMail's note field.\nIt should be added as a NOTE type.\nACustomField: CustomField",),
        },
    ],
    "gmail-single2": [
        {
            "first_name": "VCard",
            "last_name": "Test",
            "organization": "TheCompany",
            "title": "TheJobTitle",
            "emails": [f"{name}@example.com" for name in ("email", "homeemail", "workemail", "otheremail")]
            + ["customcategory@example.com"],
            "phones": [f"55555511{number}" for number in range(11, 22)],
            "notes": ("note line 1\nnote line 2\nCustomField: field value",),
        },
    ],
    "outlook-2003": [
        {
            "first_name": "John",
            "last_name": "Doe",
            "organization": "Company, The",
            "title": "The Job Title",
            "emails": ["jdoe@hotmail.com"],
            "phones": ["BusinessPhone", "HomePhone", "MobilePhone", "BusinessFaxPhone"],
            "notes": ("This is the note field!!\nSecond line\n\nThird line is empty",),
        },
    ],
    "outlook-2007": [
        {
            "first_name": "Michael",
            "last_name": "Angstadt",
            "organization": "TheCompany",
            "title": "TheJobTitle",
            "emails": ["mike.angstadt@gmail.com"],
            "phones": ["(111) 555-1111", "(111) 555-2222", "(111) 555-4444", "(111) 555-3333"],
            "notes": (
                "This is the NOTE field\t\nI assume it encodes this text inside a NOTE vCard type.\nBut I'm not sure ",
                "\nIt does not preserve the formatting",
            ),
        },
    ],
    "rfc2426-example": [
        {
            "first_name": "Frank",
            "last_name": "Dawson",
            "organization": "Lotus Development Corporation",
            "emails": ["Frank_Dawson@Lotus.com", "fdawson@earthlink.net"],
            "phones": ["+1-919-676-9515", "+1-919-676-9564"],
        },
        {
            "first_name": "Tim",
            "last_name": "Howes",
            "organization": "Netscape Communications Corp.",
            "emails": ["howes@netscape.com"],
            "phones": ["+1-415-937-3419", "+1-415-528-4164"],
        },
    ],
    "rfc6350-example": [
        {
            "first_name": "Simon",
            "last_name": "Perreault",
            "organization": "Viagenie",
            "emails": ["simon.perreault@viagenie.ca"],
            "phones": ["+1-418-656-9254;ext=102", "+1-418-262-6501"],
        },
    ],
    "thunderbird-MoreFunctionsForAddressBook-extension": [
        {
            "first_name": "John",
            "last_name": "Doe",
            "organization": "TheOrganization",
            "title": "TheTitle",
            "emails": ["doe.john@hotmail.com"] + [f"additional-email{n}@company.com" for n in ("", 1, 2, 3)],
            "phones": [f"555-555-{n}" for n in (1111, 2222, 5555, 3333, 4444)],
            "notes": (
                "This is the notes field.\nSecond Line\n\nFourth Line\n",
                'You can put anything in the "note" field; even curse words.',
            ),
        },
    ],
}


def test_every_dialect_has_its_expectations() -> None:
    assert {path.stem for path in FOLDER.glob("*.vcf")} <= DIALECTS.keys()


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_keeps_every_field(name: str) -> None:
    with (FOLDER / f"{name}.vcf").open("rb") as file:
        rows = list(open_file(file, "contacts"))
    assert all(isinstance(row, Item) for row in rows)
    assert len({row.reference for row in rows}) == len(rows) == len(DIALECTS[name])
    for row, expected in zip(rows, DIALECTS[name], strict=True):
        found = {field: row.patch[field] for field in FIELDS if field in row.patch}
        assert found == {field: expected[field] for field in FIELDS if field in expected}
        _compare_notes(row.patch.get("notes"), expected.get("notes", ()))


def _compare_notes(notes: str | None, pieces: tuple[str, ...]) -> None:
    """A note is its one piece, or begins with the first, ends with the last and has the others in between."""
    if len(pieces) < 2:
        assert ([notes] if notes else []) == list(pieces)
        return
    assert notes is not None
    assert notes.startswith(pieces[0])
    assert notes.endswith(pieces[-1])
    places = [notes.find(piece) for piece in pieces]
    assert -1 not in places
    assert places == sorted(places)
