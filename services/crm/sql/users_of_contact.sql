-- The users whose own card a contact is.
SELECT id, source, external_id, contact_id, name, email, role, created_at, updated_at, recorded_at
FROM crm.users
WHERE workspace_id = %(workspace_id)s AND contact_id = %(id)s
ORDER BY id
