-- Gives users their former cards back, where they still have the kept contact's.
UPDATE users u SET contact_id = back.contact_id, updated_at = now()
FROM jsonb_to_recordset(%(rows)s) AS back (id uuid, contact_id uuid)
WHERE u.workspace_id = %(workspace_id)s AND u.id = back.id AND u.contact_id = %(kept)s
