"""The cache: what does not fit is refused by name, and nothing half written is ever believed."""

import json
from pathlib import Path

import pytest

from services.encoder.domain import ModelRefused
from services.encoder.model.artifact import Recipe, publish, read_artifact, wanted
from services.encoder.model.source import find_source

MODEL = b"not a graph, but bytes"


@pytest.fixture
def recipe() -> Recipe:
    return wanted("int8")


def refused_field(cache: Path, recipe: Recipe) -> str:
    with pytest.raises(ModelRefused) as refused:
        read_artifact(cache, recipe)
    return refused.value.name


def test_what_was_published_is_read_again(tmp_path: Path, recipe: Recipe) -> None:
    publish(tmp_path, recipe, MODEL)
    assert read_artifact(tmp_path, recipe) == MODEL


@pytest.mark.parametrize("field", ["weights_sha256", "onnxruntime", "builder", "model"])
def test_another_recipe_is_refused_by_the_field_that_differs(tmp_path: Path, recipe: Recipe, field: str) -> None:
    publish(tmp_path, recipe, MODEL)
    manifest = next(tmp_path.glob("*.json"))
    manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | {field: "other"}))
    assert refused_field(tmp_path, recipe) == field


def test_a_changed_file_is_refused(tmp_path: Path, recipe: Recipe) -> None:
    publish(tmp_path, recipe, MODEL)
    next(tmp_path.glob("*.onnx")).write_bytes(MODEL[:-1])
    assert refused_field(tmp_path, recipe) == "sha256"


def test_a_manifest_without_its_file_is_refused(tmp_path: Path, recipe: Recipe) -> None:
    publish(tmp_path, recipe, MODEL)
    next(tmp_path.glob("*.onnx")).unlink()
    assert refused_field(tmp_path, recipe) == "file"


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"sha256": "../../x"})])
def test_a_damaged_manifest_is_refused(tmp_path: Path, recipe: Recipe, content: str) -> None:
    publish(tmp_path, recipe, MODEL)
    next(tmp_path.glob("*.json")).write_text(content)
    assert refused_field(tmp_path, recipe) in {"manifest", "model"}


def test_both_precisions_live_in_one_folder(tmp_path: Path, recipe: Recipe) -> None:
    publish(tmp_path, recipe, MODEL)
    publish(tmp_path, wanted("fp32"), MODEL + b"!")
    assert read_artifact(tmp_path, recipe) == MODEL
    assert read_artifact(tmp_path, wanted("fp32")) == MODEL + b"!"


def test_publishing_leaves_no_scraps(tmp_path: Path, recipe: Recipe) -> None:
    publish(tmp_path, recipe, MODEL)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".onnx"]


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelRefused, match=r"model\.safetensors: has sha256"):
        find_source(tmp_path)
