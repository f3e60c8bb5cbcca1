-- What pushed research runs become: the rows created or changed; an absent field stays, a null clears.
INSERT INTO research_runs (
    workspace_id, id, source, external_id, account_id, user_id, ran_at, findings
)
SELECT %(workspace_id)s, pushed.id, coalesce(merged.source, 'api'), merged.external_id, merged.account_id,
       merged.user_id, merged.ran_at,
       coalesce(merge_patch((present.one).findings, pushed.patch -> 'findings'), merged.findings, '{}')
FROM jsonb_to_recordset(%(items)s) AS pushed (id uuid, patch jsonb)
LEFT JOIN LATERAL (
    SELECT one FROM research_runs one WHERE one.workspace_id = %(workspace_id)s AND one.id = pushed.id LIMIT 1
) present ON true
CROSS JOIN LATERAL jsonb_populate_record(present.one, pushed.patch) AS merged
ON CONFLICT (workspace_id, id) DO UPDATE SET
    source = excluded.source, external_id = excluded.external_id, account_id = excluded.account_id,
    user_id = excluded.user_id, ran_at = excluded.ran_at, findings = excluded.findings
WHERE (research_runs.source, research_runs.external_id, research_runs.account_id, research_runs.user_id,
       research_runs.ran_at, research_runs.findings)
    IS DISTINCT FROM
      (excluded.source, excluded.external_id, excluded.account_id, excluded.user_id, excluded.ran_at,
       excluded.findings)
RETURNING id, xmax = 0 AS created
