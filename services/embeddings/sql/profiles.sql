-- The named contacts as they are now, with the hash of the text their vector was made from.
SELECT c.id, c.first_name, c.last_name, c.organization, c.title, c.tags, c.notes, v.content_hash
FROM crm.contacts c
LEFT JOIN vectors v ON v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = c.id
WHERE c.workspace_id = %(workspace_id)s AND c.id = ANY(%(ids)s)
