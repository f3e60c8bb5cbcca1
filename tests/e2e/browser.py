"""A real browser before the dashboard: what it saw, what it complained about, what axe finds."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "web" / "out"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-extensions", "--mute-audio"]
WAIT_MS = 15_000
GRAVE = {"serious", "critical"}


def missing() -> str | None:
    """Say what a test of the dashboard lacks here."""
    if shutil.which(CHROMIUM) is None:
        return f"no {CHROMIUM}: apt-get install chromium"
    if not (BUILT / "404.html").exists():
        return "the dashboard is not built: make web"
    return None


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Tab:
    """One tab with storage of its own, and everything its console complained about."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.asked: set[str] = set()
        given: dict[str, Any] = {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}}
        self._context = browser.new_context(**(given | options))
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.add(request.url.split("/")[2]))

    def open(self, path: str, token: str | None = None) -> Page:
        """Go to a path of the dashboard; with a token as a sign-in link does, always as a new page."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}/dashboard/{path}" + (f"#token={token}" if token else ""))
        return self.page

    def grave(self) -> list[str]:
        """Return what axe calls serious or critical, with the first place of each."""
        if not self.page.evaluate("() => 'axe' in window"):
            # by the debugger, not as a script of the page: its policy would refuse that, as it should
            self.page.evaluate(AXE.read_text())
        found = json.loads(self.page.evaluate("() => axe.run().then((found) => JSON.stringify(found.violations))"))
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['any'][:1]}"
            for one in found
            if one["impact"] in GRAVE
        ]

    def close(self) -> None:
        self._context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)
