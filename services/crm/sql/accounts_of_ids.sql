-- The accounts that are there of many ids, in the order of their ids.
SELECT id, source, external_id, name, domain, industry, description, tags, employee_count, funding_stage,
       last_funding_at, tech_stack, country, owner_user_id, custom, created_at, updated_at, recorded_at
FROM crm.accounts
WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s)
ORDER BY id
