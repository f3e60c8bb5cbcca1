"""Whether a workspace has facts, asked of the database itself: what decides which one `rapport up` means."""

from uuid import UUID, uuid4

from deploy.embedded import postgres
from tests.conftest import House


async def test_a_workspace_has_facts_once_something_was_written_to_it(
    crm: House, database: postgres.Server, workspace_id: UUID
) -> None:
    item = {"source": "test", "external_id": "1", "first_name": "Ada"}
    assert not postgres.has_facts(database.home, database.port, workspace_id)
    await crm.client.put("/api/ml/crm/contacts", json={"items": [item]}, headers=crm.token(workspace_id))
    assert postgres.has_facts(database.home, database.port, workspace_id)
    assert not postgres.has_facts(database.home, database.port, uuid4())
