"""Lines of vCards (RFC 2426, RFC 6350, vCard 2.1): unfolded, split into name, parameters and value, decoded.

What a property means is left to vcard.py. Bytes travel as Latin-1 text until a property's own charset decodes them:
a fold may cut a character in two, and each property of vCard 2.1 may have another charset.
"""

import binascii
import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

VALUE_CHARACTERS = 128 * 1024
SPLIT = re.compile(r'([^":]*(?:"[^"]*"[^":]*)*):(.*)', re.DOTALL)  # a quoted parameter may hold colons
NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)?")
PARAMETERS = re.compile(r';([^";]*(?:"[^"]*"[^";]*)*)')
CARD_EDGE = re.compile(r"(BEGIN|END)[ \t]*:[ \t]*VCARD[ \t]*", re.IGNORECASE)
SCHEMES = frozenset({"http", "https", "ftp", "mailto"})  # what the rest of a folded address begins with
QUOTED_PRINTABLE = "QUOTED-PRINTABLE"
BASE64 = frozenset({"BASE64", "B"})
UTF_8 = "utf-8"
# Python knows more codecs than that, some of which are no charsets of a text.
CHARSETS = frozenset({
    *(UTF_8, "ascii", "koi8-r", "koi8-u", "mac-roman", "gb2312", "gbk", "gb18030", "big5", "shift_jis", "cp932"),
    *("euc_jp", "euc_kr", "iso2022_jp", "iso2022_kr", "cp866", "cp437", "cp850", "cp949", "tis-620"),
    *(f"cp{page}" for page in range(1250, 1259)),
    *(f"iso8859-{part}" for part in range(1, 17)),
})  # fmt: skip


@dataclass(slots=True)
class Property:
    """One property of a card, from the line it begins on; `fault` says what is wrong with its lines."""

    line: int
    name: str = ""
    parameters: dict[str, list[str]] = field(default_factory=dict)
    value: str = ""
    fault: str | None = None

    @property
    def is_quoted_printable(self) -> bool:
        return QUOTED_PRINTABLE in self.encodings

    @property
    def is_base64(self) -> bool:
        return bool(self.parameters) and not BASE64.isdisjoint(self.encodings)

    @property
    def encodings(self) -> list[str]:
        return self.parameters.get("ENCODING", [])

    @property
    def charset(self) -> str | None:
        return next(iter(self.parameters.get("CHARSET", [])), None)

    def add(self, text: str) -> None:
        if len(self.value) + len(text) > VALUE_CHARACTERS:
            self.fault = f"is longer than {VALUE_CHARACTERS:,} characters"
            text = text[: VALUE_CHARACTERS - len(self.value)]
        self.value += text

    def text(self, errors: str = "strict") -> str:
        """Return the decoded value; raise ValueError with the reason when that is impossible."""
        data = self.value.encode("latin-1")
        if self.is_quoted_printable:
            data = binascii.a2b_qp(data)
        elif self.is_base64:
            data = _from_base64(data)
        codec = _codec(self.charset)
        try:
            return data.decode(codec, errors)
        except UnicodeDecodeError:
            said = "its CHARSET says so" if self.charset else "no CHARSET says what it is"
            raise ValueError(f"is not {codec}, and {said}") from None


def properties(file: IO[bytes]) -> Iterator[Property]:
    """Yield every property of a file, BEGIN and END among them, each bounded by VALUE_CHARACTERS."""
    current: Property | None = None
    soft_break = False
    for number, text, too_long in _physical_lines(file):
        if current and soft_break and CARD_EDGE.fullmatch(text):
            current.fault = "is cut off: its last line promises another"
        elif current and soft_break:
            soft_break = text.endswith("=")
            current.add(text.removesuffix("="))
            continue
        elif current and text[:1] in {" ", "\t"}:
            current.add(text[1:])
            continue
        elif current and current.is_base64 and text and ":" not in text:
            continue  # some write base64 without folding it; nothing of it is kept
        if current:
            yield current
        current, soft_break = None, False
        if text.strip():
            current = _begin(number, text, too_long=too_long)
            soft_break = current.is_quoted_printable and current.value.endswith("=")
            current.value = current.value.removesuffix("=") if soft_break else current.value
    if current:
        yield current


def _physical_lines(file: IO[bytes]) -> Iterator[tuple[int, str, bool]]:
    """Yield lines with their numbers, each at most VALUE_CHARACTERS of it; some exporters end them with CR CR LF."""
    file.seek(0)
    end = "\n" if b"\n" in file.read(VALUE_CHARACTERS) else "\r"
    file.seek(0)
    lines, number = io.TextIOWrapper(file, encoding="latin-1", newline=end), 0
    while line := lines.readline(VALUE_CHARACTERS):
        number += 1
        too_long, rest = False, line
        while rest and not rest.endswith(end):
            rest = lines.readline(VALUE_CHARACTERS)
            too_long = too_long or bool(rest)
        yield number, line.rstrip("\r\n"), too_long
    lines.detach()  # closing the file is its owner's business


def _begin(number: int, text: str, *, too_long: bool) -> Property:
    parts = SPLIT.fullmatch(text) if '"' in text else None
    head, value = (parts[1], parts[2]) if parts else text.partition(":")[::2]
    name = NAME.match(head)
    is_named = name is not None and head[name.end() :].lstrip()[:1] in {"", ";"} and head.lower() not in SCHEMES
    if name is None or ":" not in text or not is_named:
        return Property(number, fault="is no property: a folded line is cut off, or goes on without a space before it")
    own = name[0].rpartition(".")[-1].upper()  # item1.EMAIL: the group ties it to its label
    started = Property(number, own, _parameters(head[name.end() :]) if ";" in head else {})
    started.add(value)
    if too_long:
        started.fault = f"is longer than {VALUE_CHARACTERS:,} characters"
    return started


def _parameters(text: str) -> dict[str, list[str]]:
    """Return parameters by name, in upper case; vCard 2.1 gives types and encodings without theirs."""
    found: dict[str, list[str]] = {}
    for parameter in PARAMETERS.findall(text):
        name, equals, value = parameter.upper().partition("=")
        if not equals:
            name, value = ("ENCODING" if name.strip() in {QUOTED_PRINTABLE, "BASE64"} else "TYPE"), name
        values = [one.strip() for one in value.replace('"', "").split(",")]
        found.setdefault(name.strip(), []).extend(values)
    return found


def _codec(charset: str | None) -> str:
    if charset is None:
        return UTF_8
    try:
        codec = codecs.lookup(charset).name
    except LookupError:
        codec = ""
    if codec not in CHARSETS:
        raise ValueError("has a CHARSET that is not known")
    return UTF_8 if codec == "ascii" else codec  # many who say US-ASCII write more


def _from_base64(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        raise ValueError("is not base64") from None
