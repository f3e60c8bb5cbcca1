-- What pushed user interactions become: the rows created or changed; an absent field stays, a null clears.
INSERT INTO user_interactions (
    workspace_id, id, source, external_id, user_id, account_id, action, occurred_at, context
)
SELECT %(workspace_id)s, pushed.id, coalesce(merged.source, 'api'), merged.external_id, merged.user_id,
       merged.account_id, merged.action, merged.occurred_at,
       coalesce(merge_patch((present.one).context, pushed.patch -> 'context'), merged.context, '{}')
FROM jsonb_to_recordset(%(items)s) AS pushed (id uuid, patch jsonb)
LEFT JOIN LATERAL (
    SELECT one FROM user_interactions one WHERE one.workspace_id = %(workspace_id)s AND one.id = pushed.id LIMIT 1
) present ON true
CROSS JOIN LATERAL jsonb_populate_record(present.one, pushed.patch) AS merged
ON CONFLICT (workspace_id, id) DO UPDATE SET
    source = excluded.source, external_id = excluded.external_id, user_id = excluded.user_id,
    account_id = excluded.account_id, action = excluded.action, occurred_at = excluded.occurred_at,
    context = excluded.context
WHERE (user_interactions.source, user_interactions.external_id, user_interactions.user_id,
       user_interactions.account_id, user_interactions.action, user_interactions.occurred_at,
       user_interactions.context)
    IS DISTINCT FROM
      (excluded.source, excluded.external_id, excluded.user_id, excluded.account_id, excluded.action,
       excluded.occurred_at, excluded.context)
RETURNING id, xmax = 0 AS created
