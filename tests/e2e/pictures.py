"""Takes the pictures of the dashboard that the documents show, of a demo that runs.

make screenshots [RAPPORT_HOME=.rapport]
"""

import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from deploy import endpoint, tokens
from tests.e2e.browser import ROOT, Tab, chromium, missing

PICTURES = ROOT / "docs" / "images"
LIFETIME_S = 600
SETTLED_MS = 1_500  # bars grow, charts are loaded when they are needed
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 780}}
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
# file, path, what a tab is like
TAKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("recommendations", "recommendations/", WIDE),
    ("recommendations-dark", "recommendations/", WIDE | {"color_scheme": "dark"}),
    ("recommendations-phone", "recommendations/", PHONE),
    ("churn", "churn-analysis/", WIDE),
    ("churn-russian", "churn-analysis/", WIDE | {"locale": "ru-RU"}),
    ("sentiment", "sentiment-analysis/", WIDE),
    ("clusters", "interest-clusters/", WIDE),
    ("contact", "contact/?id={self_id}", WIDE),
    ("import", "import/", WIDE),
    ("models", "models/", WIDE),
]


def main() -> None:
    if (lacking := missing()) is not None:
        raise SystemExit(lacking)
    home = Path(os.environ.get("RAPPORT_HOME", ".rapport"))
    found = endpoint.find(home)
    user_id, self_id = _caller(home, found)
    token = tokens.sign(home, found.workspace_id, user_id=user_id, scopes=tokens.SCOPES, lifetime_s=LIFETIME_S)
    PICTURES.mkdir(exist_ok=True)
    with chromium() as browser:
        for name, path, options in TAKEN:
            tab = Tab(browser, found.url, **options)
            page = tab.open(path.format(self_id=self_id), token)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(SETTLED_MS)
            page.screenshot(path=PICTURES / f"{name}.png")
            tab.close()
            sys.stdout.write(f"{PICTURES.relative_to(ROOT)}/{name}.png\n")


def _caller(home: Path, found: endpoint.Endpoint) -> tuple[UUID, UUID]:
    """Return the user of Jeff Dasovich, whose eyes the demo lends, and his card."""
    token = tokens.sign(home, found.workspace_id, user_id=None, scopes=tokens.SCOPES, lifetime_s=LIFETIME_S)
    with httpx.Client(base_url=f"{found.url}/api/ml", headers={"Authorization": f"Bearer {token}"}) as client:
        named = {"source": "enron", "external_id": "20"}
        card = client.get("/crm/contacts", params=named).raise_for_status().json()["items"][0]
        users = client.get("/crm/users").raise_for_status().json()["items"]
    return next((UUID(user["id"]), UUID(card["id"])) for user in users if user["contact_id"] == card["id"])


if __name__ == "__main__":
    main()
