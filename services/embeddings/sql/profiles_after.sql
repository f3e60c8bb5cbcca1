-- The contacts behind one, by id.
SELECT c.id, c.first_name, c.last_name, c.organization, c.title, c.tags, c.notes, NULL::bytea AS content_hash
FROM crm.contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.id > %(after)s
ORDER BY c.id
LIMIT %(limit)s
