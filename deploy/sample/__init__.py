"""The sample CRM that `rapport demo` shows: people and mail of the public Enron log, Y Combinator's companies.

What the facts do not hold is simulated, and says so: see README.md. Times in these files are the log's own; when the
sample is imported all are moved by the same number of days, so that CUTOFF is the day of the first import (shift.py).
"""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

CUTOFF = datetime(2001, 11, 23, tzinfo=UTC)
FOLDER = Path(__file__).parent
CONTACTS = FOLDER / "contacts.csv"
FUTURE = FOLDER / "future.csv.gz"  # what happened after CUTOFF: never imported by the demo
# In the order in which they can be imported: a row names only rows of the kinds above it.
FILES = {
    "contacts": CONTACTS,
    "accounts": FOLDER / "accounts.csv.gz",
    "users": FOLDER / "users.csv",
    "interactions": FOLDER / "interactions.csv.gz",
    "account_signals": FOLDER / "account_signals.csv.gz",
    "research_runs": FOLDER / "research_runs.jsonl.gz",
    "user_interactions": FOLDER / "user_interactions.csv.gz",
}
SIMULATED = ("users", "account_signals", "research_runs", "user_interactions")
WORKSPACE_ID = UUID("ad91b8ed-cc8f-4807-8d22-9de999b11d8e")
WORKSPACE_NAME = "Enron sample"
