"""vCards as programs write them: folds, charsets, groups, several cards, and cards that are cut off."""

from typing import Any

import pytest

from services.crm.domain import BadRow, Item
from tests.unit.crm.opened import bad, items, opened, patches


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def read(*lines: str, version: str = "3.0") -> dict[str, Any]:
    [patch] = patches(card(*lines, version=version))
    return patch


def test_a_card_of_each_version_says_the_same() -> None:
    old = read(
        "N:Lovelace;Ada", "ORG:Engines;Research", "TEL;WORK;VOICE:+44 20 1", "EMAIL;INTERNET:a@b.c", version="2.1"
    )
    middle = read("N:Lovelace;Ada;;;", "ORG:Engines;Research", "TEL;TYPE=work,voice:+44 20 1", "item1.EMAIL:a@b.c")
    new = read(
        "FN:Ada Lovelace", "ORG:Engines;Research", 'TEL;VALUE=uri;TYPE="work,voice":tel:+44 20 1', "EMAIL:a@b.c",
        version="4.0",
    )  # fmt: skip
    assert old == middle == new
    assert new["custom"] == {"department": "Research"}


def test_folded_lines_are_one_even_where_the_fold_cuts_a_character() -> None:
    raw = card("FN:Ada", "NOTE:one tw", " o\\nthree Łód\tend").encode()
    cut = raw.replace("Łód".encode(), "Ł".encode()[:1] + b"\r\n " + "Ł".encode()[1:] + "ód".encode())
    [patch] = patches(cut)
    assert patch["notes"] == "one two\nthree Łód\tend"


def test_quoted_printable_is_decoded_by_its_charset_and_goes_on_behind_a_soft_line_break() -> None:
    patch = read(
        "N;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=CB=E0=E2;=C0=E4=E0",
        "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:first=0D=0A=",
        "second =C5=81=C3=",
        "=B3d=C5=BA=",
        "",
        version="2.1",
    )
    assert (patch["last_name"], patch["first_name"]) == ("\u041b\u0430\u0432", "\u0410\u0434\u0430")
    assert patch["notes"] == "first\nsecond Łódź"


def test_raw_bytes_of_a_declared_charset_are_read_beside_utf_8() -> None:
    lines = [
        b"BEGIN:VCARD",
        b"VERSION:2.1",
        b"N;CHARSET=ISO-8859-1:Garc\xeda;Jos\xe9",
        "ORG:Łódź".encode(),
        b"END:VCARD",
    ]
    [patch] = patches(b"\n".join(lines))
    assert (patch["first_name"], patch["last_name"], patch["organization"]) == ("José", "García", "Łódź")


def test_escapes_are_undone_once() -> None:
    patch = read(
        r"N:Love\,lace;Ada", r"ORG:A\;B\, C;D", r"NOTE:a\nb\\n\, \"q\" C:\dir", r"URL:http\://x", r"CATEGORIES:a\,b,c"
    )
    assert (patch["last_name"], patch["organization"]) == ("Love,lace", "A;B, C")
    assert (patch["notes"], patch["urls"], patch["tags"]) == ('a\nb\\n, "q" C:\\dir', ["http://x"], ["a,b", "c"])


def test_photos_keys_and_unknown_properties_are_passed_over_however_they_are_written() -> None:
    patch = read(
        "N:Lovelace;Ada",
        "PHOTO;ENCODING=BASE64;TYPE=JPEG:" + "A" * 300_000,
        "LOGO;BASE64:",
        "QUJDREVGR0g",
        "  QUJDREVGR0g=",
        "",
        'X-ODD;X="a:b;c":N:Other;Name',
        "EMAIL:a@b.c",
        version="2.1",
    )
    assert (patch["first_name"], patch["emails"]) == ("Ada", ["a@b.c"])
    file = opened(card("FN:A", "PHOTO:x", "item1.ADR:y", "item1.X-ABLabel:z", "photo:w"))
    assert len(list(file)) == 1
    assert file.ignored_columns == ("PHOTO", "ADR")


def test_a_whole_card_inside_a_card_is_passed_over() -> None:
    inner = card("FN:Secretary", "EMAIL:s@b.c", version="2.1").strip()
    assert read("FN:Ada Lovelace", "AGENT:", inner, "EMAIL:a@b.c", version="2.1")["emails"] == ["a@b.c"]


def test_several_values_are_kept_and_an_address_that_is_none_is_kept_apart() -> None:
    patch = read(
        *("FN:Ada", "EMAIL:a@b.c", "EMAIL:mailto:d@e.f", "EMAIL:a@b.c", "EMAIL:home", "TEL:1", "TEL:1", "TEL:2"),
        *("ORG:One", "ORG:Two;Three", "TITLE:A", "TITLE:B", "NOTE:x", "NOTE:y"),
    )
    assert (patch["emails"], patch["phones"]) == (["a@b.c", "d@e.f"], ["1", "2"])
    assert (patch["organization"], patch["title"], patch["notes"]) == ("One", "A", "x\ny")
    assert patch["custom"] == {
        "other_organizations": ["Two, Three"],
        "other_titles": ["B"],
        "unusable_emails": ["home"],
    }


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["N:Lovelace;Ada;King", "FN:Somebody Else"], ("Ada", "Lovelace")),
        (["N:;;;;", "FN:Ada King Lovelace"], ("Ada King", "Lovelace")),
        (["FN:Lovelace, Ada"], ("Ada", "Lovelace")),
        (["FN:Ada"], ("Ada", None)),
        (["FN:Engines Ltd", "ORG:Engines Ltd"], (None, None)),
        (["FN:a@b.c", "EMAIL:a@b.c"], (None, None)),
    ],
)
def test_a_name_is_that_of_n_else_what_fn_can_be_split_into(
    lines: list[str], names: tuple[str | None, str | None]
) -> None:
    patch = read(*lines)
    assert (patch.get("first_name"), patch.get("last_name")) == names


def test_a_card_is_known_again_by_its_uid_else_its_first_address_and_name_else_its_name() -> None:
    def reference(*lines: str) -> tuple[str | None, str | None]:
        [item] = items(card(*lines))
        return item.reference.source, item.reference.external_id

    assert reference("UID:urn:uuid:1", "FN:Ada") == ("vcard", "urn:uuid:1")
    assert reference("FN:Ada", "EMAIL:A@b.c", "EMAIL:x@y.z") == reference("FN:ADA", "TITLE:x", "EMAIL:a@b.C")
    assert reference("FN:Ada", "EMAIL:office@b.c") != reference("FN:Bob", "EMAIL:office@b.c")
    assert reference("N:Lovelace;Ada", "ORG:E") == reference("N:LOVELACE;ada", "ORG:e", "TITLE:t")
    assert reference("TEL:1") != reference("TEL:2")
    assert reference("FN:Ada Lovelace") != reference("FN:Ada Byron")
    assert len(reference(f"UID:{'u' * 500}", "FN:Ada")[1] or "") < 200


BROKEN = {
    "the file ends inside": ("BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nNOTE:a\n b", 5, None, "cut off"),
    "no end before the next": ("BEGIN:VCARD\nVERSION:3.0\nFN:Bob\n", 5, None, "another begins in line 8"),
    "a fold without its space": (card("FN:Bob", "NOTE:a very", "long note"), 9, None, "folded line"),
    "prose that looks like a property": (card("FN:Bob", "NOTE:see", "the page http://x"), 9, None, "folded line"),
    "an address without its property": (card("FN:Bob", "URL:", "http://x"), 9, None, "folded line"),
    "a soft break before the end": (card("FN:Bob", "NOTE;ENCODING=QUOTED-PRINTABLE:a="), 8, "NOTE", "cut off"),
    "an unknown charset": (card("FN;CHARSET=rot13:Bob"), 7, "FN", "CHARSET"),
    "a codec that is no charset": (card("FN;CHARSET=unicode_escape:Bob"), 7, "FN", "CHARSET"),
    "quoted-printable in no charset": (card("FN;ENCODING=QUOTED-PRINTABLE:B=F3b", version="2.1"), 7, "FN", "utf-8"),
    "a broken base64 text": (card("FN:Bob", "NOTE;ENCODING=b:A"), 8, "NOTE", "base64"),
    "a value without bounds": (card("FN:Bob", "NOTE:" + "x" * 200_000), 8, "NOTE", "131,072"),
    "folds without bounds": (card("FN:Bob", "NOTE:x", *[" " + "x" * 70] * 3_000), 8, "NOTE", "131,072"),
    "properties without bounds": (card("FN:Bob", *["TEL:1"] * 1_001), 1007, "TEL", "1,000"),
    "a note that is too long": (card("FN:Bob", "NOTE:" + "x" * 20_001), 5, "NOTE", "20000"),
    "too many phones": (card("FN:Bob", *[f"TEL:{n}" for n in range(51)]), 5, "TEL", "50"),
    "a phone that is a text": (card("FN:Bob", "TEL:" + "1" * 51), 5, "TEL", "50"),
    "NUL": (card("FN:B\x00b"), 5, "N", "NUL"),
    "nobody": (card("NOTE:only a note"), 5, None, "no name"),
    "a group": (card("KIND:group", "FN:Friends", "MEMBER:urn:uuid:1", version="4.0"), 5, "KIND", "group"),
    "text between cards": ("Bob\nand more\n", 5, None, "in no card"),
    "an end without a beginning": ("END:VCARD\n", 5, None, "in no card"),
}


@pytest.mark.parametrize(("broken", "line", "column", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_card_is_reported_by_its_line_and_the_others_are_read(
    broken: str, line: int, column: str | None, reason: str
) -> None:
    whole = card("FN:Ada Lovelace")
    rows = list(opened(whole + broken + ("" if reason == "cut off" and column is None else whole)))
    [wrong] = [row for row in rows if isinstance(row, BadRow)]
    assert (wrong.line, wrong.column) == (line, column)
    assert reason in wrong.reason
    assert "Bob" not in wrong.reason
    others = [row for row in rows if isinstance(row, Item)]
    assert len(others) == (1 if broken == BROKEN["the file ends inside"][0] else 2)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r"])
def test_lines_end_as_their_programs_end_them(end: str) -> None:
    text = card("FN:Ada", "PHOTO;ENCODING=b:QUJD", " QUJD", "NOTE:a", " b", version="3.0").replace("\r\n", end)
    assert patches(text)[0]["notes"] == "ab"


def test_progress_counts_cards() -> None:
    assert opened(card("FN:Ada", "NOTE:x") * 3).size == 3
    assert bad(card("FN:Ada") * 3) == []
