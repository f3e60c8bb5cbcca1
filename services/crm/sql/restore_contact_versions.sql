-- Brings the history of contacts back.
INSERT INTO contact_versions
SELECT (back).* FROM jsonb_populate_recordset(NULL::contact_versions, %(rows)s) AS back
WHERE (back).workspace_id = %(workspace_id)s
