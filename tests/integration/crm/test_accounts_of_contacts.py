"""Where somebody works follows from his e-mail's domain, unless the CRM says it; it is never written into him."""

from typing import Any
from uuid import UUID, uuid4

from deploy.embedded import postgres
from kit.db import open_pool, workspace
from tests.conftest import House
from tests.integration.crm.test_kinds import push


def account(domain: str, name: str = "x") -> dict[str, Any]:
    return {"source": "s", "external_id": f"{domain} {name}", "name": name, "domain": domain}


def person(*emails: str, name: str = "ada") -> dict[str, Any]:
    return {"source": "s", "external_id": name, "first_name": name, "emails": list(emails)}


async def read(crm: House, workspace_id: UUID, kind: str, row_id: str) -> dict[str, Any]:
    answer = await crm.client.get(f"/api/ml/crm/{kind}/{row_id}", headers=crm.token(workspace_id))
    row: dict[str, Any] = answer.json()
    return row


async def works_at(crm: House, workspace_id: UUID, contact_id: str) -> str | None:
    found: str | None = (await read(crm, workspace_id, "contacts", contact_id))["account_id"]
    return found


async def test_the_account_of_the_domain_whichever_came_first(crm: House, workspace_id: UUID) -> None:
    early = (await push(crm, workspace_id, "contacts", person("Ada@ACME.example")))[0]["id"]
    acme = (await push(crm, workspace_id, "accounts", account("acme.example")))[0]["id"]
    late = (await push(crm, workspace_id, "contacts", person("bob@acme.example", name="bob")))[0]["id"]
    assert [await works_at(crm, workspace_id, one) for one in (early, late)] == [acme, acme]


async def test_a_given_account_wins_and_is_not_lost_to_the_derived_one(crm: House, workspace_id: UUID) -> None:
    acme, other = await push(crm, workspace_id, "accounts", account("acme.example"), account("other.example"))
    ada = (await push(crm, workspace_id, "contacts", {**person("a@acme.example"), "account_id": other["id"]}))[0]["id"]
    assert await works_at(crm, workspace_id, ada) == other["id"]
    await push(crm, workspace_id, "contacts", {"id": ada, "account_id": None})
    assert await works_at(crm, workspace_id, ada) == acme["id"]
    versions = await crm.client.get(f"/api/ml/crm/contacts/{ada}/versions", headers=crm.token(workspace_id))
    assert [row["account_id"] for row in versions.json()["items"]] == [None, other["id"]]


async def test_the_first_email_speaks_loudest_and_everybodys_mail_says_nothing(crm: House, workspace_id: UUID) -> None:
    gmail, acme, other = await push(
        crm, workspace_id, "accounts", account("gmail.com"), account("acme.example"), account("other.example")
    )
    rows = [person("a@gmail.com", "a@other.example", "a@acme.example"), person("b@gmail.com", name="bob")]
    ada, bob = [one["id"] for one in await push(crm, workspace_id, "contacts", *rows)]
    assert await works_at(crm, workspace_id, ada) == other["id"]
    assert await works_at(crm, workspace_id, bob) is None
    await push(crm, workspace_id, "contacts", person("a@acme.example"))
    assert await works_at(crm, workspace_id, ada) == acme["id"]
    assert gmail["status"] == "created"


async def test_it_follows_the_account_and_says_so_in_the_feed(
    crm: House, workspace_id: UUID, database: postgres.Server
) -> None:
    first, second = await push(
        crm, workspace_id, "accounts", account("acme.example", "first"), account("acme.example", "second")
    )
    ada = (await push(crm, workspace_id, "contacts", person("a@acme.example")))[0]["id"]
    older = await works_at(crm, workspace_id, ada)
    newer = second["id"] if older == first["id"] else first["id"]
    await crm.client.delete(f"/api/ml/crm/accounts/{older}", headers=crm.token(workspace_id))
    assert await works_at(crm, workspace_id, ada) == newer
    await push(crm, workspace_id, "accounts", {"id": newer, "domain": "moved.example"})
    assert await works_at(crm, workspace_id, ada) is None
    async with (
        open_pool(database.conninfo("crm"), name="test", max_size=1) as pool,
        workspace(pool, workspace_id) as connection,
    ):
        feed = await connection.execute("SELECT op FROM crm.changes WHERE kind = 'contacts' ORDER BY seq")
        assert [op for (op,) in await feed.fetchall()] == ["insert", "update", "update"]


async def test_another_workspaces_account_is_nobodys_here(crm: House, workspace_id: UUID) -> None:
    await push(crm, uuid4(), "accounts", account("acme.example"))
    ada = (await push(crm, workspace_id, "contacts", person("a@acme.example")))[0]["id"]
    assert await works_at(crm, workspace_id, ada) is None
