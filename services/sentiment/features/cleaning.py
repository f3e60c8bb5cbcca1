"""What a person wrote himself: markup, quoted mail and addresses are left out; what stays, in sentences."""

import html
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

LONGEST_SENTENCE = 400

_TAG = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9]*|/[a-zA-Z]|!--|!doctype)[^<>]{0,1000}>", re.IGNORECASE)
_ENDS_LINE = re.compile(r"<(?:br|hr|/p|/div|/li|/tr|/h[1-6]|/blockquote)\b[^<>]{0,200}>", re.IGNORECASE)
_NOT_WRITTEN = ["script", "style", "head", "blockquote", "title"]
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>]+|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+")
# Behind such a line stands somebody else's letter.
_REST_IS_QUOTED = re.compile(
    r"^[ \t>]*(?:[-_=*]{2,}[ \t]*(?:original message|forwarded (?:message|by)|reply message|begin forwarded message"
    r"|исходное сообщение|пересылаемое сообщение|переадресованное сообщение|первоначальное сообщение"
    r"|конец пересылаемого сообщения|оригинальное сообщение)[^\n]*"
    r"|begin forwarded message:|начало переадресованного сообщения:"
    r"|_{10,}[ \t]*$|-- ?$"
    r"|(?:from|от|от кого):[^\n]{1,200}\n[ \t>]*(?:sent|date|to|отправлено|дата|кому):)",
    re.IGNORECASE | re.MULTILINE,
)
_SAYS_WHO = re.compile(
    r"^[ \t]*(?:on[ \t][^\n]{4,200}(?:\n[^\n]{0,120})?[ \t]wrote|at[ \t][^\n]{4,120},[ \t]you wrote"
    r"|[^\n]{4,200}(?:\n[^\n]{0,120})?[ \t](?:написал\w?(?:\(\w\))?|пишет|писал\w?))[ \t]*:[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_HAS_DATE = re.compile(r"\d{1,2}|@")
_QUOTED_LINE = re.compile(r"^[ \t]*(?:>|&gt;)[^\n]*$", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'»”)]*\s+|\n+")


def clean(text: str) -> str:
    """Return what was written by whoever sent it, without markup, quoted letters, signatures and addresses."""
    written = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " ")
    if "<" in written and _TAG.search(written):
        written = _without_markup(written)
    elif "&" in written:
        written = html.unescape(written)
    if "\n" in written or ">" in written or ":" in written:
        written = without_quotes(written)
    if "@" in written or "://" in written or "www." in written:
        written = _ADDRESS.sub(" ", written)
    return written.strip()


def without_quotes(text: str) -> str:
    """Return a letter without the letters it answers or passes on; an answer below a quotation stays."""
    if found := _REST_IS_QUOTED.search(text):
        text = text[: found.start()]
    for found in _SAYS_WHO.finditer(text):
        if not _HAS_DATE.search(found[0]):
            continue
        behind = text[found.end() :]
        if not behind.lstrip().startswith((">", "&gt;")):
            text = text[: found.start()]
            break
        return _QUOTED_LINE.sub("", text[: found.start()] + without_quotes(behind))
    return _QUOTED_LINE.sub("", text)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a clean text; one that does not end is cut between words."""
    for sentence in _SENTENCE_END.split(text):
        rest = sentence.strip()
        while len(rest) > LONGEST_SENTENCE:
            cut = rest.rfind(" ", 1, LONGEST_SENTENCE)
            cut = LONGEST_SENTENCE if cut < 0 else cut
            yield rest[:cut]
            rest = rest[cut:].lstrip()
        if rest:
            yield rest


def _without_markup(text: str) -> str:
    document = LexborHTMLParser(_ENDS_LINE.sub(lambda tag: f"{tag[0]}\n", text))
    document.strip_tags(_NOT_WRITTEN)
    return document.body.text(separator="") if document.body else ""
