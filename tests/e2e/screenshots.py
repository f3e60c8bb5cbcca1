"""Takes the pictures of the documentation from the running demo: `make screenshots`."""

import os
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from playwright.sync_api import Browser

from deploy import endpoint, tokens
from deploy.demo import SHOWN_PERSON
from deploy.embedded.home import DEFAULT_HOME
from tests.e2e.browser import ROOT, Tab, chromium

IMAGES = ROOT / "docs" / "images"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
HOUR_S = 3600


def main() -> None:
    home = Path(os.environ.get("RAPPORT_HOME", DEFAULT_HOME)).resolve()
    found = endpoint.find(home)
    headers = {"Authorization": f"Bearer {_token(home, found.workspace_id, None)}"}
    with httpx.Client(base_url=f"{found.url}/api/ml", headers=headers) as client:
        query = {"source": "enron", "external_id": SHOWN_PERSON}
        person = client.get("/crm/contacts", params=query).json()["items"][0]["id"]
        users = client.get("/crm/users").json()["items"]
    user_id = next(UUID(user["id"]) for user in users if user["contact_id"] == person)
    token = _token(home, found.workspace_id, user_id)
    shots: list[tuple[str, str, dict[str, Any]]] = [
        ("recommendations", "recommendations/", {"viewport": WIDE}),
        ("contact-dark", f"contact/?id={person}", {"viewport": WIDE, "color_scheme": "dark"}),
        ("churn-analysis", "churn-analysis/", {"viewport": WIDE}),
        ("sentiment-analysis", "sentiment-analysis/", {"viewport": WIDE}),
        ("interest-clusters", "interest-clusters/", {"viewport": WIDE}),
        ("recommendations-phone-ru", "recommendations/", {"viewport": PHONE, "locale": "ru", "color_scheme": "dark"}),
    ]
    IMAGES.mkdir(exist_ok=True)
    with chromium() as browser:
        for name, path, options in shots:
            _take(browser, found.url, path, token, name, options)


def _take(browser: Browser, url: str, path: str, token: str, name: str, options: dict[str, Any]) -> None:
    tab = Tab(browser, url, **options)
    page = tab.open(path, token)
    page.get_by_role("meter").first.wait_for()
    page.wait_for_load_state("networkidle")
    if name == "recommendations":
        page.get_by_role("button", name="more reasons").first.click()
    page.screenshot(path=IMAGES / f"{name}.png")
    tab.close()


def _token(home: Path, workspace_id: UUID, user_id: UUID | None) -> str:
    return tokens.sign(home, workspace_id, user_id=user_id, scopes=tokens.SCOPES, lifetime_s=HOUR_S)


if __name__ == "__main__":
    main()
