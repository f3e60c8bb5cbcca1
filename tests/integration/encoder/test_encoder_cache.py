"""The cache on a real disk: damage is found and repaired, two builders at once and a killed one do no harm."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from services.encoder.domain import ModelRefused
from services.encoder.model import Encoder, load_encoder
from services.encoder.model.artifact import read_artifact, wanted

BUILD = """
import sys
from pathlib import Path
from services.encoder.model import load_encoder
load_encoder(Path(sys.argv[1]), "fp32")
"""


@pytest.fixture
def own_cache(cache: Path, fp32: Encoder, tmp_path: Path) -> Path:
    assert fp32.precision == "fp32"  # it has been built
    return Path(shutil.copytree(cache, tmp_path / "models"))


def start_building(cache: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 our own module, no shell
        [sys.executable, "-c", BUILD, str(cache)], start_new_session=True, stdout=subprocess.DEVNULL
    )


def test_a_second_start_builds_nothing(own_cache: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in own_cache.iterdir()}
    load_encoder(own_cache, "fp32")
    assert {path.name: path.stat().st_mtime_ns for path in own_cache.iterdir()} == before


def test_a_damaged_file_is_named_and_built_again(own_cache: Path, fp32: Encoder) -> None:
    [model] = own_cache.glob("*fp32*.onnx")
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    with pytest.raises(ModelRefused, match="sha256"):
        read_artifact(own_cache, wanted("fp32"))
    repaired = load_encoder(own_cache, "fp32")
    np.testing.assert_array_equal(repaired.embed(["Anna"]).vectors, fp32.embed(["Anna"]).vectors)


def test_a_cache_of_another_runtime_is_built_again(own_cache: Path) -> None:
    [manifest] = own_cache.glob("*fp32*.json")
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"onnxruntime": "1.0.0"}))
    load_encoder(own_cache, "fp32")
    assert json.loads(manifest.read_text())["onnxruntime"] != "1.0.0"


def test_two_may_build_at_once_and_a_killed_one_does_no_harm(tmp_path: Path) -> None:
    killed = start_building(tmp_path)
    deadline = time.monotonic() + 20
    while not list(tmp_path.glob(".build-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert list(tmp_path.glob(".build-*")), "it was killed while it built"
    builders = [start_building(tmp_path) for _ in range(2)]
    assert [builder.wait(60) for builder in builders] == [0, 0]
    assert len(list(tmp_path.glob("*.onnx"))) == 1
    load_encoder(tmp_path, "fp32")


def test_scraps_of_a_killed_build_are_swept_when_old(own_cache: Path) -> None:
    old, young = own_cache / ".build-old", own_cache / ".build-young"
    old.mkdir()
    young.mkdir()
    os.utime(old, (time.time() - 7_200, time.time() - 7_200))
    for path in own_cache.glob("*fp32*"):
        path.unlink()
    load_encoder(own_cache, "fp32")
    assert (old.exists(), young.exists()) == (False, True)
