"""Pushing contacts: what is given is written, what is absent stays, what is wrong is said."""

from uuid import UUID, uuid4

from tests.conftest import House


async def test_a_pushed_contact_can_be_read_again(crm: House, workspace_id: UUID) -> None:
    row = {"source": "hubspot", "external_id": "7", "first_name": "Ада", "tags": ["mentor"], "custom": {"tier": 1}}
    pushed = await crm.client.put(
        "/api/ml/crm/contacts", json={"items": [row]}, headers=crm.token(workspace_id, "ml:write")
    )
    result = pushed.json()["results"][0]
    read = await crm.client.get(f"/api/ml/crm/contacts/{result['id']}", headers=crm.token(workspace_id, "ml:read"))
    assert result["status"] == "created"
    assert row.items() <= read.json().items()


async def test_another_workspace_does_not_see_it(crm: House, workspace_id: UUID) -> None:
    row = {"id": str(uuid4()), "first_name": "Ada"}
    await crm.client.put("/api/ml/crm/contacts", json={"items": [row]}, headers=crm.token(workspace_id))
    other = crm.token(uuid4())
    assert (await crm.client.get(f"/api/ml/crm/contacts/{row['id']}", headers=other)).status_code == 404
    assert (await crm.client.get("/api/ml/crm/contacts", headers=other)).json()["items"] == []
