-- Brings interactions back; a user who is gone by now is left out.
INSERT INTO interactions (
    workspace_id, id, source, external_id, contact_id, counterpart_id, user_id, kind, direction, occurred_at, summary,
    recorded_at
)
SELECT back.workspace_id, back.id, back.source, back.external_id, back.contact_id, back.counterpart_id,
       (SELECT u.id FROM users u WHERE u.workspace_id = %(workspace_id)s AND u.id = back.user_id),
       back.kind, back.direction, back.occurred_at, back.summary, back.recorded_at
FROM jsonb_populate_recordset(NULL::interactions, %(rows)s) AS back
WHERE back.workspace_id = %(workspace_id)s
ON CONFLICT DO NOTHING
