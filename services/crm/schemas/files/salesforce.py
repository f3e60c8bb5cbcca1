"""Salesforce's data export: contacts, leads and accounts, by the API names of their fields."""

from collections.abc import Callable, Mapping
from typing import Any

from services.crm.schemas.files.cells import FULL_NAME, instant, person_of
from services.crm.schemas.files.table import Column, Layout

FORMAT = "salesforce"
SYSTEM = frozenset({"systemmodstamp", "createdbyid", "lastmodifiedbyid", "isdeleted", "ownerid"})
NOT_PEOPLE = frozenset({"campaignid", "username", "leadorcontactid"})  # objects that repeat a person's name
ACCOUNT = frozenset(
    {"billingstreet", "billingcity", "billingstate", "billingcountry", "numberofemployees", "accountsource"}
)
NOT_ACCOUNT = frozenset({"stagename", "startdate", "campaignid"})
OWN_FIELD = "__c"  # the end of the name of a field the customer has added
DELETED = "deleted"  # no field: such a row is reported


def _not_deleted(cell: str) -> bool:
    if cell.lower() in {"1", "true"}:
        raise ValueError("was deleted in Salesforce")
    return False


PERSON = {
    "id": Column("external_id"),
    "isdeleted": Column(DELETED, _not_deleted),
    "name": Column(FULL_NAME),
    "firstname": Column("first_name"),
    "lastname": Column("last_name"),
    "title": Column("title"),
    "email": Column("emails"),
    **dict.fromkeys(("phone", "mobilephone", "homephone", "otherphone"), Column("phones")),
    "description": Column("notes"),
    "department": Column("custom.department"),
    "salutation": Column("custom.name_prefix"),
    "leadsource": Column("custom.lead_source"),
    "createddate": Column("created_at", instant),
}
CONTACT = {
    **PERSON,
    **dict.fromkeys(("account.name", "accountname"), Column("organization")),
    "accountid": Column("account_id.external_id"),
}
LEAD = {
    **PERSON,
    "company": Column("organization"),
    "website": Column("urls"),
    "status": Column("custom.lead_status"),
    "rating": Column("custom.rating"),
    "industry": Column("custom.industry"),
}
FIRM = {
    "id": Column("external_id"),
    "isdeleted": Column(DELETED, _not_deleted),
    "name": Column("name"),
    "website": Column("domain"),
    "industry": Column("industry"),
    "description": Column("description"),
    "numberofemployees": Column("employee_count"),
    "billingcountry": Column("country"),
    "billingcity": Column("custom.city"),
    "phone": Column("custom.phone"),
    "type": Column("custom.type"),
    "annualrevenue": Column("custom.annual_revenue"),
    "ownerid": Column("owner_user_id.external_id"),
    "createddate": Column("created_at", instant),
}


def is_export(header: frozenset[str]) -> bool:
    """Whether a header is one of Salesforce's, of whatever object."""
    return "id" in header and ("lastname" in header or bool(header & SYSTEM))


def recognises(header: frozenset[str]) -> Layout | None:
    """Return how the object a header belongs to is read; None for the objects that are not taken."""
    if "id" not in header:
        return None
    if "lastname" in header and not header & NOT_PEOPLE:
        return LEADS if header & {"company", "isconverted"} else CONTACTS
    is_firm = bool(header & ACCOUNT) or ("website" in header and is_export(header))
    return ACCOUNTS if "name" in header and is_firm and not header & NOT_ACCOUNT else None


def _column(columns: Mapping[str, Column]) -> Callable[[str], Column | None]:
    def column(name: str) -> Column | None:
        return Column(f"custom.{name}") if name.endswith(OWN_FIELD) else columns.get(name)

    return column


def _linked(row: dict[str, Any]) -> dict[str, Any]:
    row.pop(DELETED, None)
    for field in ("account_id", "owner_user_id"):
        if field in row:
            row[field]["source"] = FORMAT
    return row


def _person(row: dict[str, Any]) -> dict[str, Any]:
    return person_of(FORMAT)(_linked(row))


def _firm(row: dict[str, Any]) -> dict[str, Any]:
    return {"source": FORMAT, **_linked(row)}


CONTACTS = Layout(FORMAT, "contacts", _column(CONTACT), _person, optional=frozenset({"account_id"}))
LEADS = Layout(FORMAT, "contacts", _column(LEAD), _person)
ACCOUNTS = Layout(FORMAT, "accounts", _column(FIRM), _firm, optional=frozenset({"owner_user_id"}))
