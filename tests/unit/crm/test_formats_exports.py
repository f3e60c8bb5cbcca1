"""Exports of other systems, by their headers: invented people in the shapes these systems write."""

from typing import Any

import pytest

from services.crm.domain import Item
from tests.unit.crm.opened import bad, items, opened, patches

GOOGLE_OLD = (
    "Name,Given Name,Additional Name,Family Name,Name Suffix,Nickname,Birthday,Notes,Group Membership,"
    "E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value,"
    "Organization 1 - Type,Organization 1 - Name,Organization 1 - Title,Organization 1 - Department,"
    "Website 1 - Type,Website 1 - Value\n"
    'Ada King Lovelace,Ada,King,Lovelace,,,1815-12-10,"Met in London.\nLikes numbers.",'
    "Friends ::: * myContacts ::: Work,* Work,ada@engine.example,Home,ada@home.example ::: countess@home.example,"
    "Mobile,+44 20 1 ::: +44 20 2,,Analytical Engines,Programmer,Research,Profile,https://engine.example/ada\n"
    "Charles Babbage,,,,,,,,* myContacts,,,,,Mobile,+44 20 3,,,,,,\n"
)
GOOGLE_NEW = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,File As,Organization Name,Organization Title,"
    "Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,"
    "Phone 1 - Value,Website 1 - Label,Website 1 - Value\n"
    "Ada,King,Lovelace,,Lady,,Analytical Engines,Programmer,Research,,Likes numbers.,https://photo.example/1,"
    "Friends ::: * myContacts,* Work,ada@engine.example,Mobile,+44 20 1,Profile,https://engine.example/ada\n"
)
LINKEDIN = (
    "Notes:\n"
    '"When exporting your connection data, you may notice that some of the email addresses are missing. You will only'
    ' see email addresses for connections who have allowed it, see https://www.linkedin.example/help"\n'
    "\n"
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    "Ada,Lovelace,https://www.linkedin.com/in/Ada-L/,,Analytical Engines,Programmer,31 Jan 2026\n"
    'Grace,Hopper,https://www.linkedin.com/in/grace,grace@navy.example,"Navy, U.S.",Rear Admiral,1 Feb 2026\n'
)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Additional email addresses,Phone Number,Mobile Phone Number,Contact owner,"
    "Lead Status,Lifecycle Stage,Job Title,Company Name,Website URL,Create Date,Marketing contact status\n"
    "51,Ada,Lovelace,ada@engine.example,ada@home.example;countess@home.example,+44 20 1,+44 20 2,Eve (eve@us.example),"
    "Open,Customer,Programmer,Analytical Engines,engine.example,2026-01-31 09:30,Yes\n"
)
HUBSPOT_API = "hs_object_id,firstname,lastname,email,createdate\n51,Ada,Lovelace,a@b.c,2026-01-31T09:30:00Z\n"
SALESFORCE_CONTACTS = (
    "Id,IsDeleted,AccountId,LastName,FirstName,Salutation,Name,Phone,MobilePhone,Email,Title,Department,Description,"
    "CreatedDate,SystemModstamp,Tier__c\n"
    "003A,,001A,Lovelace,Ada,Lady,Ada Lovelace,+44 20 1,+44 20 2,ada@engine.example,Programmer,Research,Likes numbers,"
    "2026-01-31T09:30:00.000+0000,2026-02-01T00:00:00.000+0000,gold\n"
)
SALESFORCE_LEADS = (
    "Id,IsDeleted,LastName,FirstName,Name,Title,Company,Phone,Email,Website,LeadSource,Status,IsConverted,CreatedDate\n"
    "00QA,,Hopper,Grace,Grace Hopper,Admiral,Navy,+1 1,grace@navy.example,navy.example,Web,New,,"
    "2026-01-31T09:30:00.000+0000\n"
)
SALESFORCE_ACCOUNTS = (
    "Id,IsDeleted,Name,Type,BillingCity,BillingCountry,Phone,Website,Industry,AnnualRevenue,NumberOfEmployees,"
    "Description,OwnerId,CreatedDate,Tier__c\n"
    "001A,,Analytical Engines,Customer,London,UK,+44 20 9,http://www.Engine.example/about,Computing,1000,12,"
    "Makes engines,005A,2026-01-31T09:30:00.000+0000,gold\n"
)
FILES = {
    "google, of old": ("google", "contacts", GOOGLE_OLD),
    "google, of now": ("google", "contacts", GOOGLE_NEW),
    "linkedin": ("linkedin", "contacts", LINKEDIN),
    "hubspot": ("hubspot", "contacts", HUBSPOT),
    "hubspot, its API's names": ("hubspot", "contacts", HUBSPOT_API),
    "salesforce contacts": ("salesforce", "contacts", SALESFORCE_CONTACTS),
    "salesforce leads": ("salesforce", "contacts", SALESFORCE_LEADS),
    "salesforce accounts": ("salesforce", "accounts", SALESFORCE_ACCOUNTS),
}
ADA = {"first_name": "Ada", "last_name": "Lovelace", "organization": "Analytical Engines", "title": "Programmer"}


def without_id(patch: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in patch.items() if name != "external_id"}


@pytest.mark.parametrize(("file_format", "kind", "content"), FILES.values(), ids=FILES)
def test_an_export_is_recognised_in_any_encoding_that_says_what_it_is(
    file_format: str, kind: str, content: str
) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        file = opened(content.replace("\n", "\r\n").encode(encoding), kind)
        assert file.format == file_format
        assert {item.reference.source for item in file} == {file_format}
    assert [item.reference for item in items(content, kind)] == [
        item.reference for item in items(content, kind, file_format)
    ]


def test_google_of_old() -> None:
    ada, charles = patches(GOOGLE_OLD)
    assert without_id(ada) == {
        **ADA,
        "source": "google",
        "emails": ["ada@engine.example", "ada@home.example", "countess@home.example"],
        "phones": ["+44 20 1", "+44 20 2"],
        "urls": ["https://engine.example/ada"],
        "tags": ["Friends", "Work"],
        "notes": "Met in London.\nLikes numbers.",
        "custom": {"middle_name": "King", "department": "Research"},
    }
    named = {"source": "google", "first_name": "Charles", "last_name": "Babbage"}
    assert without_id(charles) == {**named, "phones": ["+44 20 3"], "tags": []}
    assert "Birthday" in opened(GOOGLE_OLD).ignored_columns


def test_google_of_now() -> None:
    [ada] = patches(GOOGLE_NEW)
    assert without_id(ada) == {
        **ADA,
        "source": "google",
        "emails": ["ada@engine.example"],
        "phones": ["+44 20 1"],
        "urls": ["https://engine.example/ada"],
        "tags": ["Friends"],
        "notes": "Likes numbers.",
        "custom": {"middle_name": "King", "name_prefix": "Lady", "department": "Research"},
    }


def test_a_person_of_both_generations_of_google_is_the_same_person() -> None:
    assert items(GOOGLE_OLD)[0].reference == items(GOOGLE_NEW)[0].reference


def test_linkedin_below_its_explanation() -> None:
    ada, grace = items(LINKEDIN)
    assert (ada.index, ada.reference.external_id) == (5, "linkedin.com/in/ada-l")
    assert without_id(dict(ada.patch)) == {
        **ADA,
        "source": "linkedin",
        "urls": ["https://www.linkedin.com/in/Ada-L/"],
        "created_at": "2026-01-31T00:00:00Z",
    }
    assert (grace.patch["emails"], grace.patch["organization"]) == (["grace@navy.example"], "Navy, U.S.")


def test_linkedin_of_old_without_explanation_and_addresses_of_profiles() -> None:
    header = "First Name,Last Name,Email Address,Company,Position,Connected On\n"
    [named] = items(f"{header}Ada,Lovelace,,Engines,P,31 Jan 2026\n")
    [again] = items(f"{header}ada,LOVELACE,,engines,Countess,1 Feb 2026\n")
    assert named.reference == again.reference


def test_hubspot() -> None:
    [ada] = patches(HUBSPOT)
    assert ada == {
        **ADA,
        "source": "hubspot",
        "external_id": "51",
        "emails": ["ada@engine.example", "ada@home.example", "countess@home.example"],
        "phones": ["+44 20 1", "+44 20 2"],
        "urls": ["engine.example"],
        "custom": {"contact_owner": "Eve (eve@us.example)", "lead_status": "Open", "lifecycle_stage": "Customer"},
        "created_at": "2026-01-31T09:30:00Z",
    }
    assert opened(HUBSPOT).ignored_columns == ("Marketing contact status",)
    assert items(HUBSPOT_API)[0].reference == items(HUBSPOT)[0].reference


def test_salesforce_contacts_are_tied_to_accounts_where_these_are() -> None:
    [ada] = patches(SALESFORCE_CONTACTS)
    assert ada == {
        **{name: value for name, value in ADA.items() if name != "organization"},
        "source": "salesforce",
        "external_id": "003A",
        "emails": ["ada@engine.example"],
        "phones": ["+44 20 1", "+44 20 2"],
        "notes": "Likes numbers",
        "account_id": {"source": "salesforce", "external_id": "001A"},
        "custom": {"name_prefix": "Lady", "department": "Research", "tier__c": "gold"},
        "created_at": "2026-01-31T09:30:00Z",
    }
    assert opened(SALESFORCE_CONTACTS).optional == {"account_id"}


def test_salesforce_leads_are_contacts_too() -> None:
    [grace] = patches(SALESFORCE_LEADS)
    assert (grace["organization"], grace["title"], grace["urls"]) == ("Navy", "Admiral", ["navy.example"])
    assert grace["custom"] == {"lead_source": "Web", "lead_status": "New"}


def test_salesforce_accounts() -> None:
    [engines] = patches(SALESFORCE_ACCOUNTS, "accounts")
    assert engines == {
        "source": "salesforce",
        "external_id": "001A",
        "name": "Analytical Engines",
        "domain": "engine.example",
        "industry": "Computing",
        "description": "Makes engines",
        "employee_count": 12,
        "country": "UK",
        "owner_user_id": {"source": "salesforce", "external_id": "005A"},
        "custom": {
            "type": "Customer",
            "city": "London",
            "phone": "+44 20 9",
            "annual_revenue": "1000",
            "tier__c": "gold",
        },
        "created_at": "2026-01-31T09:30:00Z",
    }


@pytest.mark.parametrize(
    ("content", "kind", "line", "column", "reason"),
    [
        (GOOGLE_NEW.replace("ada@engine.example", "ada"), "contacts", 2, "E-mail 1 - Value", "e-mail"),
        (GOOGLE_OLD.replace("countess@home.example", "countess"), "contacts", 2, "E-mail 2 - Value", "e-mail"),
        (LINKEDIN.replace("31 Jan 2026", "31 Feb 2026"), "contacts", 5, "Connected On", "date"),
        (LINKEDIN.replace("31 Jan 2026", "31 Jan 0001"), "contacts", 5, "Connected On", "1900"),
        (LINKEDIN.replace("31 Jan 2026", "31 Dec 9999"), "contacts", 5, "Connected On", "2200"),
        (HUBSPOT.replace("2026-01-31 09:30", "0001-01-01"), "contacts", 2, "Create Date", "1900"),
        (HUBSPOT.replace("Lovelace,", f"{'L' * 201},"), "contacts", 2, "Last Name", "200"),
        (SALESFORCE_CONTACTS.replace("003A,,", "003A,true,"), "contacts", 2, "IsDeleted", "deleted"),
        (SALESFORCE_ACCOUNTS.replace(",12,", ",dozen,"), "accounts", 2, "NumberOfEmployees", "integer"),
        (SALESFORCE_ACCOUNTS.replace("http://www.Engine.example/about", "none"), "accounts", 2, "Website", "domain"),
        (GOOGLE_NEW.split("\n", maxsplit=1)[0] + "\n" + "," * 8 + "1815-12-10\n", "contacts", 2, None, "no name"),
    ],
)
def test_a_bad_row_is_reported_by_its_own_line_and_column(
    content: str, kind: str, line: int, column: str | None, reason: str
) -> None:
    [wrong] = [one for one in bad(content, kind) if one.line == line]
    assert wrong.column == column
    assert reason in wrong.reason
    assert "countess" not in wrong.reason


def test_the_rows_beside_a_bad_one_are_read() -> None:
    rows = list(opened(LINKEDIN.replace("31 Jan 2026", "soon")))
    assert [isinstance(row, Item) for row in rows] == [False, True]
