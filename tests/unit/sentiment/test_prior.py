"""The shipped artifact: refused where it is not what its manifest says."""

import json
import shutil
from pathlib import Path

import pytest

from kit.registry import ArtifactRefused
from services.sentiment.model import prior


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(prior.FOLDER, tmp_path / "prior"))


def test_a_changed_file_is_refused_by_name(copied: Path) -> None:
    with (copied / "words.json").open("ab") as file:
        file.write(b" ")
    with pytest.raises(ArtifactRefused, match=r"words\.json"):
        prior.load(copied)


def test_another_format_is_refused(copied: Path) -> None:
    manifest = json.loads((copied / prior.MANIFEST).read_text())
    (copied / prior.MANIFEST).write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(ArtifactRefused, match="format 99"):
        prior.load(copied)


def test_scores_that_are_not_those_noted_are_refused(copied: Path) -> None:
    manifest = json.loads((copied / prior.MANIFEST).read_text())
    manifest["test"]["en"]["scores"] = [3.5]
    (copied / prior.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ArtifactRefused, match="does not score as noted"):
        prior.load(copied)
