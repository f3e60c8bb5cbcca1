-- Links the CRM gives, that were there by a moment; strength null where it does not say. What is derived is in exchanges.
SELECT uuid_send(contact_a), uuid_send(contact_b), strength, extract(epoch FROM coalesce(since, recorded_at))::float8 / 86400
FROM crm.links
WHERE workspace_id = %(workspace_id)s AND source <> 'derived' AND coalesce(since, recorded_at) <= %(as_of)s
