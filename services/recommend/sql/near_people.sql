-- The named contacts, in the order of their ids; archived ones only where they ask themselves.
SELECT uuid_send(id), lower(nullif(trim(organization), '')), influence_score
FROM crm.contacts
WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s) AND (archived_at IS NULL OR id = %(contact_id)s)
ORDER BY id
