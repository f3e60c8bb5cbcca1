-- The named contacts as they are now, in no order.
SELECT c.id, c.first_name, c.last_name, c.organization, c.title, c.tags, c.notes, NULL::bytea AS content_hash
FROM crm.contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.id = ANY(%(ids)s)
