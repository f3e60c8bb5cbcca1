-- What pushed accounts become: the rows created or changed; an absent field stays, a null clears.
INSERT INTO accounts (
    workspace_id, id, source, external_id, name, domain, industry, description, tags, employee_count, funding_stage,
    last_funding_at, tech_stack, country, owner_user_id, custom, created_at
)
SELECT %(workspace_id)s, pushed.id, coalesce(merged.source, 'api'), merged.external_id, coalesce(merged.name, ''),
       merged.domain, merged.industry, merged.description, coalesce(merged.tags, '{}'), merged.employee_count,
       merged.funding_stage, merged.last_funding_at, coalesce(merged.tech_stack, '{}'), merged.country,
       merged.owner_user_id,
       coalesce(merge_patch((present.one).custom, pushed.patch -> 'custom'), merged.custom, '{}'),
       coalesce(merged.created_at, now())
FROM jsonb_to_recordset(%(items)s) AS pushed (id uuid, patch jsonb)
LEFT JOIN LATERAL (
    SELECT one FROM accounts one WHERE one.workspace_id = %(workspace_id)s AND one.id = pushed.id LIMIT 1
) present ON true
CROSS JOIN LATERAL jsonb_populate_record(present.one, pushed.patch) AS merged
ON CONFLICT (workspace_id, id) DO UPDATE SET
    source = excluded.source, external_id = excluded.external_id, name = excluded.name, domain = excluded.domain,
    industry = excluded.industry, description = excluded.description, tags = excluded.tags,
    employee_count = excluded.employee_count, funding_stage = excluded.funding_stage,
    last_funding_at = excluded.last_funding_at, tech_stack = excluded.tech_stack, country = excluded.country,
    owner_user_id = excluded.owner_user_id, custom = excluded.custom, created_at = excluded.created_at,
    updated_at = statement_timestamp()
WHERE (accounts.source, accounts.external_id, accounts.name, accounts.domain, accounts.industry,
       accounts.description, accounts.tags, accounts.employee_count, accounts.funding_stage,
       accounts.last_funding_at, accounts.tech_stack, accounts.country, accounts.owner_user_id, accounts.custom,
       accounts.created_at)
    IS DISTINCT FROM
      (excluded.source, excluded.external_id, excluded.name, excluded.domain, excluded.industry,
       excluded.description, excluded.tags, excluded.employee_count, excluded.funding_stage,
       excluded.last_funding_at, excluded.tech_stack, excluded.country, excluded.owner_user_id, excluded.custom,
       excluded.created_at)
RETURNING id, xmax = 0 AS created
