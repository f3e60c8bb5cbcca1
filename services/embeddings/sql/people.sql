-- What is shown of the named contacts.
SELECT c.id, c.first_name, c.last_name, c.organization, c.title, c.tags
FROM crm.contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.id = ANY(%(ids)s)
