-- Links the CRM gives, that were there by a moment; strength null where it does not say.
SELECT uuid_send(contact_a), uuid_send(contact_b), strength
FROM crm.links
WHERE workspace_id = %(workspace_id)s AND source <> 'derived' AND coalesce(since, recorded_at) <= %(as_of)s
