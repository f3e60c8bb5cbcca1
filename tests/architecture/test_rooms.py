"""The same rooms in every house, small files, and a first sentence in each."""

import ast
from pathlib import Path

import pytest

from tests.architecture import tree

CODE_ROOMS = {
    "app", "jobs", "settings", "routes", "schemas", "usecases", "store", "features", "model", "train", "domain"
}  # fmt: skip
OTHER_ROOMS = {"README.md", "pyproject.toml", "requirements.lock", "__init__.py", "sql", "migrations", "texts"}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc", "shared", "lib"}
LONGEST_FILE_LINES = 400
HAND_WRITTEN = {".py", ".sql", ".toml", ".yaml", ".yml", ".sh", ".ts", ".tsx", ".css", ".md"}
GENERATED = ("docs", "schema")
PYTHON = tree.below(*tree.PRODUCT, "bench", "tests", suffix=".py")


@pytest.mark.parametrize("house", tree.houses())
def test_a_house_has_only_the_rooms_of_a_house(house: str) -> None:
    entries = {path.parts[2] for path in tree.files() if path.parts[:2] == ("services", house)}
    rooms = {entry.removesuffix(".py") for entry in entries - OTHER_ROOMS}
    assert rooms <= CODE_ROOMS


@pytest.mark.parametrize("house", tree.houses())
def test_a_house_names_its_own_dependencies_and_locks_them(house: str) -> None:
    names = {path.name for path in tree.files() if path.parent == Path("services", house)}
    assert {"pyproject.toml", "requirements.lock", "__init__.py"} <= names


def test_a_room_is_a_file_or_a_folder_and_never_both() -> None:
    packages = {path.parent for path in PYTHON if path.name == "__init__.py"}
    assert [str(path) for path in PYTHON if path.with_suffix("") in packages] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = [path for path in tree.files() if FORBIDDEN_NAMES & {part.split(".")[0] for part in path.parts}]
    assert [str(path) for path in named] == []


def test_no_file_is_longer_than_one_can_read() -> None:
    written = [path for path in tree.files() if path.suffix in HAND_WRITTEN and path.parts[:2] != GENERATED]
    assert {str(path) for path in written if len(tree.read(path).splitlines()) > LONGEST_FILE_LINES} == set()


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_a_module_begins_with_what_it_is_for(path: Path) -> None:
    assert tree.is_empty_package(path) or ast.get_docstring(tree.parse(path))


def test_every_decision_has_a_number_of_its_own_which_is_in_its_title() -> None:
    decisions = [path for path in tree.files() if path.parts[:2] == ("docs", "decisions")]
    numbers = [int(path.name[:4]) for path in decisions]
    assert numbers == sorted(set(numbers))
    assert [int(tree.read(path)[2:].partition(".")[0]) for path in decisions] == numbers
