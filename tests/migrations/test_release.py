"""Released migrations are frozen, and the numbers of all of them say in which order they go."""

from pathlib import Path

import pytest

from tests.migrations.release import LIST, broken_promises, files, folders, release, released

each_folder = pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.parent.name)


@each_folder
def test_no_released_migration_has_changed(folder: Path) -> None:
    assert broken_promises(folder) == []


@each_folder
def test_migrations_are_numbered_without_a_gap(folder: Path) -> None:
    numbers = [path.name[:4] for path in files(folder)]
    assert numbers == [f"{number:03}_" for number in range(1, len(numbers) + 1)]


@each_folder
def test_a_migration_begins_with_what_it_is_for(folder: Path) -> None:
    assert [path.name for path in files(folder) if not path.read_text(encoding="utf-8").startswith("-- ")] == []


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    for name in ("001_people.sql", "003_firms.sql"):
        (tmp_path / name).write_text(f"-- {name}\n")
    release(tmp_path)
    return tmp_path


def test_what_was_released_is_kept_as_it_is(frozen: Path) -> None:
    (frozen / "004_more.sql").touch()
    assert list(released(frozen)) == ["001_people.sql", "003_firms.sql"]
    assert broken_promises(frozen) == []


def test_a_changed_release_is_found(frozen: Path) -> None:
    (frozen / "001_people.sql").write_text("-- changed\n")
    assert broken_promises(frozen) == ["001_people.sql has changed"]


def test_a_missing_release_is_found(frozen: Path) -> None:
    (frozen / "001_people.sql").unlink()
    assert broken_promises(frozen) == ["001_people.sql is gone"]


def test_a_migration_pushed_in_before_a_release_is_found(frozen: Path) -> None:
    (frozen / "002_late.sql").touch()
    assert broken_promises(frozen) == ["002_late.sql comes before released ones"]


def test_nothing_is_released_by_an_empty_list(tmp_path: Path) -> None:
    (tmp_path / LIST).write_text("# nothing yet\n")
    (tmp_path / "001_people.sql").touch()
    assert broken_promises(tmp_path) == []
