-- The users' own cards.
SELECT DISTINCT u.contact_id
FROM crm.users u
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = u.contact_id
WHERE u.workspace_id = %(workspace_id)s
ORDER BY u.contact_id
