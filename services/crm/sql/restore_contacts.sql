-- Brings contacts back as they stood; an account that is gone by now is left out.
INSERT INTO contacts
SELECT back.workspace_id, back.id, back.source, back.external_id, back.first_name, back.last_name, back.organization,
       back.title, back.emails, back.phones, back.urls, back.tags, back.notes,
       (SELECT a.id FROM accounts a WHERE a.workspace_id = %(workspace_id)s AND a.id = back.account_id),
       back.influence_score, back.community_id, back.custom, back.created_at, back.updated_at, back.archived_at,
       back.recorded_at
FROM jsonb_populate_recordset(NULL::contacts, %(rows)s) AS back
WHERE back.workspace_id = %(workspace_id)s
