-- What pushed interactions become: the rows created or changed; an absent field stays, a null clears.
INSERT INTO interactions (
    workspace_id, id, source, external_id, contact_id, counterpart_id, user_id, kind, direction, occurred_at,
    summary
)
SELECT %(workspace_id)s, pushed.id, coalesce(merged.source, 'api'), merged.external_id, merged.contact_id,
       merged.counterpart_id, merged.user_id, merged.kind, merged.direction, merged.occurred_at, merged.summary
FROM jsonb_to_recordset(%(items)s) AS pushed (id uuid, patch jsonb)
LEFT JOIN LATERAL (
    SELECT one FROM interactions one WHERE one.workspace_id = %(workspace_id)s AND one.id = pushed.id LIMIT 1
) present ON true
CROSS JOIN LATERAL jsonb_populate_record(present.one, pushed.patch) AS merged
ON CONFLICT (workspace_id, id) DO UPDATE SET
    source = excluded.source, external_id = excluded.external_id, contact_id = excluded.contact_id,
    counterpart_id = excluded.counterpart_id, user_id = excluded.user_id, kind = excluded.kind,
    direction = excluded.direction, occurred_at = excluded.occurred_at, summary = excluded.summary
WHERE (interactions.source, interactions.external_id, interactions.contact_id, interactions.counterpart_id,
       interactions.user_id, interactions.kind, interactions.direction, interactions.occurred_at,
       interactions.summary)
    IS DISTINCT FROM
      (excluded.source, excluded.external_id, excluded.contact_id, excluded.counterpart_id, excluded.user_id,
       excluded.kind, excluded.direction, excluded.occurred_at, excluded.summary)
RETURNING id, xmax = 0 AS created
