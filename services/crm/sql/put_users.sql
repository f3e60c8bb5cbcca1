-- What pushed users become: the rows created or changed; an absent field stays, a null clears.
INSERT INTO users (
    workspace_id, id, source, external_id, contact_id, name, email, role, created_at
)
SELECT %(workspace_id)s, pushed.id, coalesce(merged.source, 'api'), merged.external_id, merged.contact_id,
       coalesce(merged.name, ''), merged.email, merged.role, coalesce(merged.created_at, now())
FROM jsonb_to_recordset(%(items)s) AS pushed (id uuid, patch jsonb)
LEFT JOIN LATERAL (
    SELECT one FROM users one WHERE one.workspace_id = %(workspace_id)s AND one.id = pushed.id LIMIT 1
) present ON true
CROSS JOIN LATERAL jsonb_populate_record(present.one, pushed.patch) AS merged
ON CONFLICT (workspace_id, id) DO UPDATE SET
    source = excluded.source, external_id = excluded.external_id, contact_id = excluded.contact_id,
    name = excluded.name, email = excluded.email, role = excluded.role, created_at = excluded.created_at,
    updated_at = statement_timestamp()
WHERE (users.source, users.external_id, users.contact_id, users.name, users.email, users.role, users.created_at)
    IS DISTINCT FROM
      (excluded.source, excluded.external_id, excluded.contact_id, excluded.name, excluded.email, excluded.role,
       excluded.created_at)
RETURNING id, xmax = 0 AS created
