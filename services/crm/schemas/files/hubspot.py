"""HubSpot's export of contacts, with the names of properties as people see them or as its API has them."""

from services.crm.schemas.files.cells import instant, named, person_of, several
from services.crm.schemas.files.table import Column, Layout

FORMAT = "hubspot"
IDS = ("record id", "record id - contact", "contact id", "hs_object_id")
PEOPLE = frozenset({"first name", "last name", "email", "firstname", "lastname"})
COLUMNS = {
    **dict.fromkeys(IDS, Column("external_id")),
    **dict.fromkeys(("first name", "firstname"), Column("first_name")),
    **dict.fromkeys(("last name", "lastname"), Column("last_name")),
    "email": Column("emails"),
    **dict.fromkeys(("work email", "work_email"), Column("emails")),
    **dict.fromkeys(("additional email addresses", "hs_additional_emails"), Column("emails", several(";"))),
    **dict.fromkeys(("phone number", "phone"), Column("phones")),
    **dict.fromkeys(("mobile phone number", "mobilephone"), Column("phones")),
    **dict.fromkeys(("company name", "company"), Column("organization")),
    **dict.fromkeys(("associated company (primary)", "associated company"), Column("organization")),
    **dict.fromkeys(("job title", "jobtitle"), Column("title")),
    **dict.fromkeys(("website url", "website", "linkedin url", "hs_linkedin_url"), Column("urls")),
    **dict.fromkeys(("message", "notes"), Column("notes")),
    **dict.fromkeys(("lifecycle stage", "lifecyclestage"), Column("custom.lifecycle_stage")),
    **dict.fromkeys(("lead status", "hs_lead_status"), Column("custom.lead_status")),
    "contact owner": Column("custom.contact_owner"),
    **{name: Column(f"custom.{name}") for name in ("industry", "city", "country")},
    "country/region": Column("custom.country"),
    **dict.fromkeys(("state/region", "state"), Column("custom.region")),
    **dict.fromkeys(("create date", "createdate"), Column("created_at", instant)),
}


def recognises(header: frozenset[str]) -> bool:
    return bool(header & set(IDS)) and bool(header & PEOPLE)


LAYOUT = Layout(FORMAT, "contacts", named(COLUMNS), person_of(FORMAT))
