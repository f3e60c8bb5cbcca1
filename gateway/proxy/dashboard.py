"""The dashboard: the files that `make web` has built, read once, packed once, and served under a strict policy.

The pages hold no fact about any installation, so they need no token; the token a person pastes in stays in the browser
and comes with the calls to the API. A page may run the scripts of its own origin and the inline ones that the build put
into it, each named by its hash, and nothing else.
"""

import base64
import gzip
import hashlib
import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs

from starlette.types import Scope, Send

from gateway.proxy.pages import HTML, SCRIPT, STYLE

HOME = "/dashboard"
BUILT = "/_next/"  # what the pages load; the names in it change with the content
HASHED = "/_next/static/"
FOREVER, ASK_AGAIN = b"public, max-age=31536000, immutable", b"no-cache"
PACKED = ("text/", "application/json", "image/svg+xml")
TYPES = {".html": HTML, ".js": SCRIPT, ".css": STYLE, ".txt": "text/x-component; charset=utf-8"}
NOBODY = "'none'"
ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"vary", b"accept-encoding"),
)

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent: plain, packed where that is smaller, and what its page may run."""

    content_type: str
    body: bytes
    packed: bytes | None
    script_hashes: tuple[str, ...] = ()
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.body).hexdigest()[:32])


class Dashboard:
    """All files of one build; without a folder there is no dashboard, and no path of it answers."""

    def __init__(self, folder: Path | None, parents: Sequence[str] = ()) -> None:
        self._files = dict(_read(folder)) if folder else {}
        self._missing = self._files.pop("/404.html", None)
        self._parents = " ".join(parents) or NOBODY

    def answers(self, path: str) -> bool:
        return bool(self._files) and (path == HOME or path.startswith((f"{HOME}/", BUILT)))

    async def answer(self, scope: Scope, send: Send) -> None:
        """Send the file of a path: whole, or 304; a folder without its slash is sent on, the unknown get a page."""
        path = scope["path"]
        found = self._files.get(path)
        if found is None and f"{path}/" in self._files:
            query = scope["query_string"]
            location = f"{path}/".encode() + (b"?" + query if query else b"")
            await _send(send, 308, [(b"location", location)], b"")
        elif found is not None:
            await self._send_file(scope, send, found)
        elif self._missing is not None:
            await _send(send, 404, [*self._headers(scope, self._missing)], self._missing.body)
        else:
            await _send(send, 404, [], b"")

    async def _send_file(self, scope: Scope, send: Send, file: File) -> None:
        asked = dict(scope["headers"])
        packed = file.packed if b"gzip" in asked.get(b"accept-encoding", b"") else None
        etag = b'"%b%b"' % (file.digest.encode(), b"-gz" if packed else b"")
        headers = [*self._headers(scope, file), (b"etag", etag)]
        if etag in asked.get(b"if-none-match", b""):
            await _send(send, 304, headers, b"")
            return
        if packed:
            headers.append((b"content-encoding", b"gzip"))
        await _send(send, 200, headers, packed or file.body)

    def _headers(self, scope: Scope, file: File) -> RawHeaders:
        cached = FOREVER if scope["path"].startswith(HASHED) and scope["path"] in self._files else ASK_AGAIN
        headers = [(b"content-type", file.content_type.encode()), (b"cache-control", cached), *ALWAYS]
        if file.content_type == HTML:
            headers.append((b"content-security-policy", self._policy(scope, file).encode()))
        return headers

    def _policy(self, scope: Scope, file: File) -> str:
        embedded = parse_qs(scope["query_string"].decode("latin-1")).get("embed") == ["1"]
        scripts = " ".join(("'self'", *file.script_hashes))
        return (
            f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"connect-src 'self'; base-uri 'none'; form-action 'none'; "
            f"frame-ancestors {self._parents if embedded else NOBODY}"
        )


class _InlineScripts(HTMLParser):
    """Collects the hash of each script that stands in the page itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.hashes: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "src" not in dict(attrs)

    def handle_data(self, data: str) -> None:
        if self._inside:
            digest = base64.b64encode(hashlib.sha256(data.encode()).digest()).decode()
            self.hashes.append(f"'sha256-{digest}'")
            self._inside = False


def _read(folder: Path) -> Iterator[tuple[str, File]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            place = "/" + path.relative_to(folder).as_posix()
            yield place.removesuffix("index.html") if place.endswith("/index.html") else place, _file(path)


def _file(path: Path) -> File:
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    content_type, body = TYPES.get(path.suffix, guessed), path.read_bytes()
    packed = gzip.compress(body, mtime=0) if content_type.startswith(PACKED) else body
    parser = _InlineScripts()
    if content_type == HTML:
        parser.feed(body.decode())
    smaller = packed if len(packed) < len(body) else None
    return File(content_type, body, smaller, tuple(dict.fromkeys(parser.hashes)))


async def _send(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    length = [] if status == 304 else [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers + length})
    await send({"type": "http.response.body", "body": body})
