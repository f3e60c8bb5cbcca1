"""What operations see of a request: its route as the documents write it."""

from uuid import UUID, uuid4

from tests.conftest import House


async def test_a_request_is_counted_under_its_whole_route(crm: House, workspace_id: UUID) -> None:
    await crm.client.get(f"/api/ml/crm/interactions/{uuid4()}", headers=crm.token(workspace_id))
    metrics = (await crm.client.get("/metrics")).text
    assert 'route="/api/ml/crm/interactions/{interaction_id}"' in metrics
