"""What the gateway serves from files: the OpenAPI document, and the page that shows it to a person.

The page and its parts are the same in every installation and hold no fact about any: they need no token, as a browser
could not send one. The document needs one; the page asks for it with the token that is pasted in.
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from starlette.types import Scope, Send

HERE = Path(__file__).parent
DOCUMENT_PATH = "/openapi.json"
HTML, SCRIPT, STYLE = "text/html; charset=utf-8", "text/javascript; charset=utf-8", "text/css; charset=utf-8"
SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS = (
    (b"content-security-policy", SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A file as it is sent."""

    content_type: str
    body: bytes

    @property
    def etag(self) -> bytes:
        return b'"%b"' % hashlib.sha256(self.body).hexdigest()[:32].encode()


class Pages:
    """All files, read once; `open_to_all` are the paths that need no token."""

    def __init__(self) -> None:
        swagger, own = _swagger_ui(), HERE / "static"
        self._pages = {
            DOCUMENT_PATH: _page(HERE / "openapi.json", "application/json"),
            "/docs": _page(own / "docs.html", HTML),
            "/docs/page.js": _page(own / "docs.js", SCRIPT),
            "/docs/page.css": _page(own / "docs.css", STYLE),
            "/docs/swagger-ui-bundle.js": _page(swagger / "swagger-ui-bundle.js", SCRIPT),
            "/docs/swagger-ui.css": _page(swagger / "swagger-ui.css", STYLE),
        }
        self._etags = {path: page.etag for path, page in self._pages.items()}
        self.open_to_all = frozenset(self._pages) - {DOCUMENT_PATH}

    async def answer(self, scope: Scope, send: Send) -> None:
        """Send the file of a path that is here, or 304 to who has it already."""
        page, etag = self._pages[scope["path"]], self._etags[scope["path"]]
        asked = [value for name, value in scope["headers"] if name == b"if-none-match"]
        fresh = any(etag in value or value.strip() == b"*" for value in asked)
        headers = [(b"etag", etag), *ALWAYS]
        if not fresh:
            headers += [(b"content-type", page.content_type.encode()), (b"content-length", b"%d" % len(page.body))]
        await send({"type": "http.response.start", "status": 304 if fresh else 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if fresh else page.body})


def _swagger_ui() -> Path:
    """Return where the package lies that carries Swagger UI; none of its code is imported."""
    found = importlib.util.find_spec("fastapi_offline")
    if found is None or found.origin is None:
        raise RuntimeError("fastapi-offline, which carries Swagger UI, is not installed")
    return Path(found.origin).parent / "static"


def _page(path: Path, content_type: str) -> Page:
    return Page(content_type, path.read_bytes())
