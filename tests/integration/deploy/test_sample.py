"""The committed sample: whole, importable, true to its sources, and moved in time by whole days only."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from deploy.embedded import workspace
from deploy.embedded.home import Home
from deploy.sample import CUTOFF, FILES, FUTURE, SIMULATED, companies, fiction, mail, people, signals
from deploy.sample.build import DATA, main
from deploy.sample.load import count
from deploy.sample.shift import days_until, opened, shift_csv, shift_lines

DAY = date(2026, 11, 22)


def table(path: Path) -> list[dict[str, str]]:
    with opened(path) as file:
        return list(csv.DictReader(file))


def test_the_sample_is_156_people_with_the_columns_of_an_import() -> None:
    rows = table(FILES["contacts"])
    assert tuple(rows[0]) == people.COLUMNS
    assert len({row["external_id"] for row in rows}) == 156
    assert {row["source"] for row in rows} == {"enron"}
    assert all(row["first_name"] and row["last_name"] and row["organization"] and row["title"] for row in rows)
    assert all("".join(row.values()).isprintable() for row in rows)


def test_messages_end_before_the_cutoff_and_the_future_begins_there() -> None:
    past, future = table(FILES["interactions"]), table(FUTURE)
    assert (len(past), len(future)) == (33_954, 4_434)
    assert max(row["occurred_at"] for row in past) < CUTOFF.isoformat() <= min(row["occurred_at"] for row in future)
    assert not {row["external_id"] for row in past} & {row["external_id"] for row in future}
    for row in past + future:
        assert row["contact_id.external_id"] != row["counterpart_id.external_id"]
        assert row["external_id"].endswith(f":{row['counterpart_id.external_id']}")
        assert row["direction"] == "in"


def test_accounts_are_6079_companies_and_a_domain_is_one_companys() -> None:
    rows = table(FILES["accounts"])
    assert len({row["external_id"] for row in rows}) == 6_079
    assert {row["source"] for row in rows} == {"yc"}
    assert set(Counter(row["domain"] for row in rows if row["domain"]).values()) == {1}
    assert all("".join(row.values()).isprintable() for row in rows)


@pytest.mark.parametrize("kind", SIMULATED)
def test_what_is_simulated_says_so_and_precedes_the_cutoff(kind: str) -> None:
    with opened(FILES[kind]) as file:
        is_table = not FILES[kind].name.endswith(".jsonl.gz")
        rows = list(csv.DictReader(file)) if is_table else [json.loads(line) for line in file]
    assert {row["source"] for row in rows} == {"simulated"}
    assert len({row["external_id"] for row in rows}) == len(rows) == count(kind)
    times = [row[name] for row in rows for name in ("observed_at", "ran_at", "occurred_at") if name in row]
    assert all(time < CUTOFF.isoformat() for time in times)


def test_users_click_more_on_what_fits() -> None:
    """A model must have something to learn: accounts that are taken on have more open engineering roles."""
    roles = {
        row["account_id.external_id"]: int(row["engineering_role_count"]) for row in table(FILES["account_signals"])
    }
    clicks = table(FILES["user_interactions"])
    means = {}
    for action in ("qualified", "disqualified"):
        seen = [roles[row["account_id.external_id"]] for row in clicks if row["action"] == action]
        means[action] = sum(seen) / len(seen)
    assert means["qualified"] > 1.2 * means["disqualified"]


def test_the_committed_files_are_what_the_builder_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not DATA.is_dir():
        pytest.skip("no data")
    for kind, path in FILES.items():
        monkeypatch.setitem(FILES, kind, tmp_path / path.name)
    monkeypatch.setattr("deploy.sample.build.FUTURE", tmp_path / FUTURE.name)
    main()
    for path in tmp_path.iterdir():
        with opened(path) as made, opened(FUTURE.parent / path.name) as committed:
            assert made.read() == committed.read()


def test_shifting_moves_times_by_whole_days_and_nothing_else() -> None:
    source = io.StringIO('external_id,occurred_at,summary\n1:2,2001-11-22T06:38:26+00:00,"Re: gas, ""now"""\n3:4,,\n')
    target = io.BytesIO()
    shift_csv(source, target, days_until(DAY))
    assert target.getvalue().decode() == (
        'external_id,occurred_at,summary\n1:2,2026-11-21T06:38:26+00:00,"Re: gas, ""now"""\n3:4,,\n'
    )


def test_objects_are_shifted_at_every_depth() -> None:
    line = json.dumps(
        {"ran_at": "2001-11-22T00:00:00+00:00", "findings": {"last_funding_at": CUTOFF.isoformat(), "n": 1}}
    )
    target = io.BytesIO()
    shift_lines(io.StringIO(line), target, days_until(DAY))
    assert json.loads(target.getvalue()) == {
        "ran_at": "2026-11-21T00:00:00+00:00",
        "findings": {"last_funding_at": "2026-11-22T00:00:00+00:00", "n": 1},
    }


def test_the_cutoff_becomes_the_day() -> None:
    assert CUTOFF + timedelta(days=days_until(DAY)) == datetime(2026, 11, 22, tzinfo=UTC)
    assert days_until(CUTOFF.date()) == 0


def test_the_day_of_the_first_import_is_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert workspace.sample_day(home, DAY) == DAY
    assert workspace.sample_day(home, DAY + timedelta(days=30)) == DAY


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("http://www.Themuse.com/jobs?x=1", "themuse.com"),
        ("https://app.example.org", "app.example.org"),
        ("example.org", "example.org"),
        ("http://localhost", ""),
        ("", ""),
    ],
)
def test_a_website_gives_a_bare_domain(website: str, domain: str) -> None:
    assert companies.domain(website) == domain


@pytest.mark.parametrize(
    ("locations", "country"),
    [
        ("New York City, NY, USA; London, United Kingdom", "United States"),
        ("Paris, France; Remote", "France"),
        ("Remote", ""),
        ("", ""),
    ],
)
def test_a_country_is_that_of_the_first_place(locations: str, country: str) -> None:
    assert companies.country(locations) == country


def test_a_message_to_oneself_or_twice_to_one_person_is_one_row_or_none(tmp_path: Path) -> None:
    (tmp_path / "messages.tsv").write_text("1\tfile\t911459940\t Gas \t7\n2\tfile\t1006500000\tLater\t7\n")
    (tmp_path / "recipients.tsv").write_text("1\t1\t7\n1\t2\t8\n1\t3\t8\n2\t1\t8\n")
    rows = list(mail.rows(tmp_path, past=True))
    assert [dict(zip(mail.COLUMNS, row, strict=True))["external_id"] for row in rows] == ["1:8"]
    assert [row[-1] for row in rows] == ["Gas"]
    assert [row[1] for row in mail.rows(tmp_path, past=False)] == ["2:8"]


def test_simulated_rows_are_the_same_every_time() -> None:
    company = companies.Company("1", "Acme", "", "B2B", "", ("AI",), 50, "Early", "", "", "Active", is_hiring=True)
    assert signals.simulate([company]) == signals.simulate([company])
    assert fiction.generator("a").random() != fiction.generator("b").random()
