"""`python -m tests.contract.write`: writes the OpenAPI document of every service to docs/api (`make api`)."""

import json
from typing import Any

from tests.contract.apps import ROOT, document, houses

FOLDER = ROOT / "docs" / "api"


def text(described: dict[str, Any]) -> str:
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.json"):
        if old.stem not in houses():
            old.unlink()
    for house in houses():
        (FOLDER / f"{house}.json").write_text(text(document(house)), encoding="utf-8")


if __name__ == "__main__":
    main()
