"""The committed sample: all 156 people, in the columns of an import, nothing made up that a row could show."""

import csv

from deploy.sample import CONTACTS
from deploy.sample.build import COLUMNS


def test_the_sample_is_156_people_with_the_columns_of_an_import() -> None:
    with CONTACTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len({row["external_id"] for row in rows}) == 156
    assert {row["source"] for row in rows} == {"enron"}
    assert all(row["first_name"] and row["last_name"] and row["organization"] and row["title"] for row in rows)
    assert all("".join(row.values()).isprintable() for row in rows)
