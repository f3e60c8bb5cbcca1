"""When a night's stage is due: by the workspace's own clock."""

from datetime import UTC, datetime, time

import pytest

from kit.jobs.nightly import due_at

AT = time(3, 45)


@pytest.mark.parametrize(
    ("now", "timezone", "due"),
    [
        ("2026-03-10T03:44:59", "UTC", None),
        ("2026-03-10T03:45:00", "UTC", "2026-03-10T03:45:00"),
        ("2026-03-10T23:00:00", "UTC", "2026-03-10T03:45:00"),
        ("2026-03-10T18:44:00", "Asia/Tokyo", None),  # 03:44 of the 11th there
        ("2026-03-10T18:46:00", "Asia/Tokyo", "2026-03-10T18:45:00"),
        ("2026-03-10T06:00:00", "America/Los_Angeles", "2026-03-09T10:45:00"),  # there it is still the 9th
        ("2026-03-29T01:46:00", "Europe/Riga", "2026-03-29T01:45:00"),  # 03:45 was skipped: clocks went from 03 to 04
        ("2026-10-25T12:00:00", "Europe/Riga", "2026-10-25T00:45:00"),  # 03:45 came twice: the first counts
        ("2026-03-10T04:00:00", "Middle/Earth", "2026-03-10T03:45:00"),
        ("2026-03-10T04:00:00", "../etc/passwd", "2026-03-10T03:45:00"),
        ("2026-03-10T04:00:00", "", "2026-03-10T03:45:00"),
    ],
)
def test_a_stage_is_due_once_the_workspaces_own_clock_has_passed_it(now: str, timezone: str, due: str | None) -> None:
    found = due_at(datetime.fromisoformat(now).replace(tzinfo=UTC), timezone, AT)
    assert (None if found is None else found.astimezone(UTC).replace(tzinfo=None).isoformat()) == due


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-08T03:44:59", "2026-03-01T03:45:00"),  # a Sunday, before its time: the one before
        ("2026-03-08T03:45:00", "2026-03-08T03:45:00"),
        ("2026-03-14T23:00:00", "2026-03-08T03:45:00"),
    ],
)
def test_a_weekly_stage_is_due_since_the_last_of_its_weekdays(now: str, due: str) -> None:
    found = due_at(datetime.fromisoformat(now).replace(tzinfo=UTC), "UTC", AT, weekday=6)
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)
