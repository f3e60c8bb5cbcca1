-- Leads merged ids back to where they led.
UPDATE merged_contacts e SET contact_id = back.contact_id
FROM jsonb_to_recordset(%(rows)s) AS back (id uuid, contact_id uuid)
WHERE e.workspace_id = %(workspace_id)s AND e.id = back.id
