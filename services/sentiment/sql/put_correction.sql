-- Somebody says what a relationship's tone is; the same correction again changes nothing.
INSERT INTO corrections (workspace_id, correction_id, contact_id, label, given, user_id)
SELECT %(workspace_id)s, %(correction_id)s, c.id, %(label)s, %(given)s, %(user_id)s
FROM crm.contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.id = %(contact_id)s
ON CONFLICT DO NOTHING
