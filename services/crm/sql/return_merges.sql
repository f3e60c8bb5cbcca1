-- Notes of earlier merges who their kept contact is again.
UPDATE merges m SET contact_id = back.contact_id
FROM jsonb_to_recordset(%(rows)s) AS back (id uuid, contact_id uuid)
WHERE m.workspace_id = %(workspace_id)s AND m.id = back.id
