-- Links the CRM gives of the named contacts, that were there by a moment.
SELECT uuid_send(contact_a), uuid_send(contact_b), strength, extract(epoch FROM coalesce(since, recorded_at))::float8 / 86400
FROM crm.links
WHERE workspace_id = %(workspace_id)s AND source <> 'derived' AND coalesce(since, recorded_at) <= %(as_of)s
  AND (contact_a = ANY(%(ids)s) OR contact_b = ANY(%(ids)s))
