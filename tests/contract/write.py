"""`python -m tests.contract.write` (`make api`): writes the OpenAPI documents.

That of each service goes to docs/api; the one for all is the gateway's, which serves it.
"""

import json
from typing import Any

from tests.contract import merged
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
    merged.PLACE.write_text(text(merged.merged()), encoding="utf-8")


if __name__ == "__main__":
    main()
