"""Y Combinator's companies as accounts: facts of the public directory, none of the mirror's own figures."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

COLUMNS = (
    "source",
    "external_id",
    "name",
    "domain",
    "industry",
    "description",
    "tags",
    "employee_count",
    "funding_stage",
    "country",
    "custom.batch",
    "custom.status",
    "custom.is_hiring",
)
COUNTRIES = {"USA": "United States"}
NO_COUNTRY = {"", "Remote"}
UNKNOWN = "Unspecified"
_NOT_IN_A_DOMAIN = set(" ,;@%")


@dataclass(frozen=True, slots=True)
class Company:
    number: str
    name: str
    domain: str
    industry: str
    one_liner: str
    tags: tuple[str, ...]
    employee_count: int | None
    stage: str
    country: str
    batch: str
    status: str
    is_hiring: bool


def read(folder: Path) -> list[Company]:
    """Return all companies; a web address that several give is nobody's domain."""
    with (folder / "yc_companies.csv").open(encoding="utf-8", newline="") as file:
        companies = [_company(row) for row in csv.DictReader(file)]
    shared = {domain for domain, count in Counter(company.domain for company in companies).items() if count > 1}
    return [company if company.domain not in shared else _without_domain(company) for company in companies]


def rows(companies: Sequence[Company]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of accounts.csv."""
    for company in companies:
        employees = "" if company.employee_count is None else str(company.employee_count)
        what = (company.name, company.domain, company.industry, company.one_liner, ";".join(company.tags))
        custom = (company.batch, company.status, str(company.is_hiring).lower())
        yield ("yc", company.number, *what, employees, company.stage, company.country, *custom)


def domain(website: str) -> str:
    """Return the bare domain of a web address, or nothing where it has none."""
    host = (urlsplit(website if "//" in website else f"//{website}").hostname or "").removeprefix("www.")
    return host if "." in host and not _NOT_IN_A_DOMAIN & set(host) else ""


def country(locations: str) -> str:
    """Return the country of the first of several places, such as "Paris, France; Remote"."""
    last = locations.partition(";")[0].rpartition(",")[2].strip()
    return "" if last in NO_COUNTRY else COUNTRIES.get(last, last)


def _company(row: dict[str, str]) -> Company:
    return Company(
        number=row["id"],
        name=_plain(row["name"]),
        domain=domain(row["website"].strip()),
        industry="" if row["industry"] == UNKNOWN else row["industry"],
        one_liner=_plain(row["one_liner"]),
        tags=tuple(tag.strip() for tag in row["tags"].split(";") if tag.strip()),
        employee_count=int(row["team_size"]) if row["team_size"] else None,
        stage=row["stage"],
        country=country(row["all_locations"]),
        batch="" if row["batch"] == UNKNOWN else row["batch"],
        status=row["status"],
        is_hiring=row["isHiring"] == "True",
    )


def _without_domain(company: Company) -> Company:
    return replace(company, domain="")


def _plain(text: str) -> str:
    """Return a text on one line, without what cannot be seen."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
