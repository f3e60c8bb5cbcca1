-- What pushed signals become: the rows created or changed; an absent field stays, a null clears.
INSERT INTO account_signals (
    workspace_id, id, source, external_id, account_id, observed_at, engineering_role_count,
    has_open_engineering_roles, total_open_roles, has_engineering_blog, extra
)
SELECT %(workspace_id)s, pushed.id, coalesce(merged.source, 'api'), merged.external_id, merged.account_id,
       merged.observed_at, merged.engineering_role_count, merged.has_open_engineering_roles,
       merged.total_open_roles, merged.has_engineering_blog,
       coalesce(merge_patch((present.one).extra, pushed.patch -> 'extra'), merged.extra, '{}')
FROM jsonb_to_recordset(%(items)s) AS pushed (id uuid, patch jsonb)
LEFT JOIN LATERAL (
    SELECT one FROM account_signals one WHERE one.workspace_id = %(workspace_id)s AND one.id = pushed.id LIMIT 1
) present ON true
CROSS JOIN LATERAL jsonb_populate_record(present.one, pushed.patch) AS merged
ON CONFLICT (workspace_id, id) DO UPDATE SET
    source = excluded.source, external_id = excluded.external_id, account_id = excluded.account_id,
    observed_at = excluded.observed_at, engineering_role_count = excluded.engineering_role_count,
    has_open_engineering_roles = excluded.has_open_engineering_roles, total_open_roles = excluded.total_open_roles,
    has_engineering_blog = excluded.has_engineering_blog, extra = excluded.extra
WHERE (account_signals.source, account_signals.external_id, account_signals.account_id, account_signals.observed_at,
       account_signals.engineering_role_count, account_signals.has_open_engineering_roles,
       account_signals.total_open_roles, account_signals.has_engineering_blog, account_signals.extra)
    IS DISTINCT FROM
      (excluded.source, excluded.external_id, excluded.account_id, excluded.observed_at,
       excluded.engineering_role_count, excluded.has_open_engineering_roles, excluded.total_open_roles,
       excluded.has_engineering_blog, excluded.extra)
RETURNING id, xmax = 0 AS created
