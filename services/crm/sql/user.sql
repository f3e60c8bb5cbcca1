-- One user.
SELECT id, source, external_id, contact_id, name, email, role, created_at, updated_at, recorded_at
FROM crm.users
WHERE workspace_id = %(workspace_id)s AND id = %(id)s
