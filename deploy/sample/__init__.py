"""The sample CRM that `rapport demo` shows: 156 people of the public Enron log, in a workspace of their own."""

from pathlib import Path
from uuid import UUID

CONTACTS = Path(__file__).parent / "contacts.csv"
WORKSPACE_ID = UUID("ad91b8ed-cc8f-4807-8d22-9de999b11d8e")
WORKSPACE_NAME = "Enron sample"
