"""The import contracts of pyproject.toml hold, and each of them can fail."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture import tree

PACKAGES = ("kit", "services", "services/one", "services/two", "gateway", "deploy", "bench", "tests")
ROOMS = ("app", "jobs", "routes", "train", "schemas", "usecases", "store", "model", "features", "domain", "settings")
ALLOWED = {
    "kit/db.py": "",
    "kit/testing.py": "import kit.db",
    "gateway/app.py": "import kit.db",
    "deploy/cli.py": "import kit.db",
    "bench/load.py": "import gateway.app, deploy.cli, kit.testing",
    "tests/test_one.py": "import services.one.app, kit.testing",
    **{f"services/{house}/{room}.py": "" for house in ("one", "two") for room in ROOMS},
    "services/one/app.py": "import services.one.routes, services.one.settings, kit.db",
    "services/one/jobs.py": "import services.one.train, services.one.schemas, services.one.usecases",
    "services/one/routes.py": "import services.one.usecases, services.one.schemas",
    "services/one/schemas.py": "import services.one.domain",
    "services/one/usecases.py": "import services.one.store, services.one.model, services.one.features",
    "services/one/train.py": "import services.one.store, services.one.features",
    "services/one/model.py": "import services.one.features, services.one.settings",
    "services/one/features.py": "import services.one.domain",
}
FORBIDDEN = [
    ("kit/db.py", "services.one.domain"),
    ("kit/db.py", "gateway.app"),
    ("kit/db.py", "kit.testing"),
    ("services/one/store.py", "services.two.store"),
    ("services/one/store.py", "kit.testing"),
    ("services/one/app.py", "gateway.app"),
    ("gateway/app.py", "services.one.domain"),
    ("gateway/app.py", "deploy.cli"),
    ("deploy/cli.py", "services.one.settings"),
    ("services/one/app.py", "deploy.cli"),
    ("services/one/app.py", "bench.load"),
    ("services/one/app.py", "tests.test_one"),
    ("services/one/app.py", "services.one.jobs"),
    ("services/one/routes.py", "services.one.app"),
    ("services/one/store.py", "services.one.usecases"),
    ("services/one/store.py", "services.one.model"),
    ("services/one/model.py", "services.one.store"),
    ("services/one/usecases.py", "services.one.schemas"),
    ("services/one/usecases.py", "services.one.train"),
    ("services/one/features.py", "services.one.store"),
    ("services/one/domain.py", "services.one.features"),
    ("services/one/domain.py", "services.one.settings"),
    ("services/one/schemas.py", "services.one.usecases"),
    ("services/one/schemas.py", "services.one.settings"),
    ("services/one/app.py", "services.one.train"),
    ("services/one/routes.py", "services.one.train"),
]


# One process for all scratch trees: a fresh one each would cost more than all the rest of this folder.
CHILD = """
import contextlib, io, json, os, sys
from importlinter.cli import lint_imports
config, *roots = sys.argv[1:]
for root in roots:
    os.chdir(root)
    sys.path[0] = root
    with contextlib.redirect_stdout(io.StringIO()) as output:
        status = lint_imports(config_filename=config, no_cache=True, no_logo=True)
    print(json.dumps([status, output.getvalue()]))
"""


@dataclass(frozen=True)
class Verdict:
    """What lint-imports says of one tree."""

    broken: bool
    output: str


def lint(*roots: Path) -> list[Verdict]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", CHILD, tree.ROOT / "pyproject.toml", *roots],
        env={"COLUMNS": "400"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [Verdict(*json.loads(line)) for line in done.stdout.splitlines()]


def plant(root: Path, extra: Mapping[str, str]) -> Path:
    """Make a tree of two houses whose imports are all allowed but the extra ones."""
    for package in PACKAGES:
        (root / package).mkdir(parents=True)
        (root / package / "__init__.py").touch()
    for name, text in ALLOWED.items():
        (root / name).write_text(f"{text}\n")
    for name, text in extra.items():
        with (root / name).open("a") as file:
            file.write(f"{text}\n")
    return root


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    trees = {
        "allowed": {},
        "indirect": {"services/one/settings.py": "import services.one.train"},
        "room": {"services/two/repository.py": ""},
        **{f"{importer} {imported}": {importer: f"import {imported}"} for importer, imported in FORBIDDEN},
    }
    home = tmp_path_factory.mktemp("trees")
    roots = [plant(home / str(number), extra) for number, extra in enumerate(trees.values())]
    return dict(zip(trees, lint(*roots), strict=True))


def test_our_own_tree_keeps_every_contract() -> None:
    [verdict] = lint(tree.ROOT)
    assert not verdict.broken, verdict.output


def test_allowed_imports_are_allowed(verdicts: dict[str, Verdict]) -> None:
    assert not verdicts["allowed"].broken, verdicts["allowed"].output


@pytest.mark.parametrize(("importer", "imported"), FORBIDDEN)
def test_a_forbidden_import_is_found(verdicts: dict[str, Verdict], importer: str, imported: str) -> None:
    verdict = verdicts[f"{importer} {imported}"]
    module = importer.removesuffix(".py").replace("/", ".")
    assert verdict.broken
    assert f"{module} -> {imported}" in verdict.output


def test_the_web_process_does_not_reach_train_through_another_room(verdicts: dict[str, Verdict]) -> None:
    assert "services.one.app is not allowed to import services.one.train" in verdicts["indirect"].output


def test_a_room_of_another_name_is_found(verdicts: dict[str, Verdict]) -> None:
    assert verdicts["room"].broken
    assert "services.two.repository" in verdicts["room"].output


def test_no_module_escapes_the_contracts() -> None:
    """A folder without an __init__.py inside a package is not searched; its modules could import anything."""
    folders = {path.parent for path in tree.below(*tree.PRODUCT, suffix=".py")}
    assert [str(folder) for folder in sorted(folders) if folder / "__init__.py" not in tree.files()] == []


def test_a_house_has_nothing_at_its_door() -> None:
    """What services/<house>/__init__.py imported would be a way round the arrows between its rooms."""
    doors = [Path("services", house, "__init__.py") for house in tree.houses()]
    assert [str(door) for door in doors if not tree.is_empty_package(door)] == []
