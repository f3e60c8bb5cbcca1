"""What the properties of a card say of a person, as the fields of a contact."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.crm.schemas.files.identity import split_name
from services.crm.schemas.files.vcard_lines import Property
from services.crm.schemas.rows import EMAIL_PATTERN

TOKENS = re.compile(r"\\.|.", re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
LINE_END = re.compile(r"\r\n?")
OLD_VERSION = "2.1"  # it escapes no line ends, and its commas separate nothing
LISTED = 10  # of what a contact has one field for, and a card several of

Properties = Mapping[str, Sequence[Property]]


class PropertyError(ValueError):
    """One property of a card cannot be read; the text says why."""

    def __init__(self, one: Property, reason: str) -> None:
        super().__init__(reason)
        self.line = one.line
        self.name = one.name


def person_of(taken: Properties, version: str) -> dict[str, Any]:
    """Return the fields a card gives, without those it leaves empty; raise PropertyError at one that is unreadable."""
    is_old = version == OLD_VERSION
    organizations = [_components(text, is_old=is_old, lists=False) for text in _texts(taken, "ORG", lenient_after=1)]
    titles = [_plain(text, is_old=is_old) for text in _texts(taken, "TITLE", lenient_after=1)]
    addresses = _values(taken, "EMAIL", _address, is_old=is_old)
    emails = [one for one in addresses if EMAIL_PATTERN.fullmatch(one)]
    row: dict[str, Any] = {
        "external_id": "".join(_values(taken, "UID", str, is_old=is_old)[:1]),
        "organization": organizations[0][0] if organizations else "",
        "title": titles[0] if titles else "",
        "emails": emails,
        "phones": _values(taken, "TEL", _number, is_old=is_old),
        "urls": _values(taken, "URL", str, is_old=is_old),
        "tags": _tags(taken, is_old=is_old),
        "notes": "\n".join(_values(taken, "NOTE", str, is_old=is_old)),
    }
    names = _name(taken, is_old=is_old)
    custom = {
        **{name: names.pop(name) for name in ("middle_name", "name_prefix", "name_suffix")},
        "nickname": ", ".join(_values(taken, "NICKNAME", str, is_old=is_old)),
        "department": ", ".join(part for part in organizations[0][1:] if part) if organizations else "",
        "other_organizations": [", ".join(filter(None, parts)) for parts in organizations[1:LISTED]],
        "other_titles": titles[1:LISTED],
        "unusable_emails": [one for one in addresses if one not in emails][:LISTED],
    }
    if not (names["first_name"] or names["last_name"]):
        names = _formatted_name(taken, [row["organization"], *addresses, *row["phones"]], is_old=is_old)
    row = {**names, **row, "custom": {name: value for name, value in custom.items() if value}}
    return {name: value for name, value in row.items() if value}


def _name(taken: Properties, *, is_old: bool) -> dict[str, str]:
    [text] = _texts(taken, "N")[:1] or [""]
    last, first, middle, prefix, suffix = (_components(text, is_old=is_old, lists=True) + [""] * 5)[:5]
    return {
        "first_name": first,
        "last_name": last,
        "middle_name": middle,
        "name_prefix": prefix,
        "name_suffix": suffix,
    }


def _formatted_name(taken: Properties, others: Sequence[str], *, is_old: bool) -> dict[str, str]:
    """Split FN where a card has no N; programs that know no name write the firm or the address there."""
    full = "".join(_values(taken, "FN", str, is_old=is_old)[:1])
    first, last = split_name(full) if full not in others else ("", "")
    return {"first_name": first, "last_name": last}


def _texts(taken: Properties, name: str, *, lenient_after: int | None = None) -> list[str]:
    """Return the decoded values of a property; behind the first `lenient_after` a broken character is replaced."""
    found: list[str] = []
    for one in taken.get(name, ()):
        lenient = lenient_after is not None and len(found) >= lenient_after
        try:
            text = LINE_END.sub("\n", one.text("replace" if lenient else "strict")).strip()
        except ValueError as error:
            raise PropertyError(one, str(error)) from None
        if text.strip(";"):
            found.append(text)
    return found


def _values(taken: Properties, name: str, read: Callable[[str], str], *, is_old: bool) -> list[str]:
    """Return the values of a property in their order, each once."""
    values = (read(_plain(text, is_old=is_old)).strip() for text in _texts(taken, name))
    return list(dict.fromkeys(value for value in values if value))


def _tags(taken: Properties, *, is_old: bool) -> list[str]:
    parts = [part for text in _texts(taken, "CATEGORIES") for part in _split(text, ",")]
    tags = (_plain(part, is_old=is_old).strip() for part in parts)
    return list(dict.fromkeys(tag for tag in tags if tag))


def _components(text: str, *, is_old: bool, lists: bool) -> list[str]:
    """Split a structured value; with `lists` each component may itself be several, with commas between."""
    components = _split(text, ";")
    if lists and not is_old:
        components = [" ".join(part.strip() for part in _split(component, ",")) for component in components]
    return [_plain(component, is_old=is_old).strip() for component in components]


def _split(text: str, separator: str) -> list[str]:
    if "\\" not in text:
        return text.split(separator)
    parts: list[list[str]] = [[]]
    for token in TOKENS.findall(text):
        if token == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return ["".join(part) for part in parts]


def _plain(text: str, *, is_old: bool) -> str:
    """Undo the escapes; a backslash before anything else is a backslash."""
    if "\\" not in text:
        return text

    def unescaped(match: re.Match[str]) -> str:
        character = match[1]
        if character in "nN" and not is_old:
            return "\n"
        return character if character in '\\,;:"' else match[0]

    return ESCAPED.sub(unescaped, text)


def _address(text: str) -> str:
    return _without(text, "mailto:")


def _number(text: str) -> str:
    return _without(text, "tel:")


def _without(text: str, scheme: str) -> str:
    return text[len(scheme) :] if text[: len(scheme)].lower() == scheme else text
