"""What the built dashboard weighs, and what its lock names."""

import gzip
import json
import re

import pytest

from tests.e2e.browser import BUILT, ROOT

FIRST_LOAD_BYTES = 250 * 1024
needs_build = pytest.mark.skipif(not (BUILT / "404.html").exists(), reason="the dashboard is not built: make web")


@needs_build
def test_the_first_load_of_every_page_is_light() -> None:
    weights = {page.parent.name: _scripts_bytes(page.read_text()) for page in BUILT.glob("dashboard/**/index.html")}
    assert "recommendations" in weights
    assert {name: weight for name, weight in weights.items() if weight > FIRST_LOAD_BYTES} == {}


@needs_build
def test_no_page_names_another_host() -> None:
    for page in BUILT.glob("dashboard/**/index.html"):
        assert re.findall(r'(?:src|href)="(?!/(?!/))[^"]*"', page.read_text()) == []


def test_the_lock_names_no_registry() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []


def _scripts_bytes(page: str) -> int:
    """Return the bytes, packed, of what a browser fetches and runs before the page is usable."""
    tags = re.findall(r"<script[^>]*>", page)
    old = {tag for tag in tags if "nomodule" in tag.lower()}  # for browsers of another age
    sources = {source for tag in tags if tag not in old for source in re.findall(r'src="([^"?]+)', tag)}
    return sum(len(gzip.compress((BUILT / source.lstrip("/")).read_bytes())) for source in sources)
