-- Versions of one account, newest first: those before another, or the one that stood at an instant.
SELECT version, valid_from, id, source, external_id, name, domain, industry, description, tags, employee_count,
       funding_stage, last_funding_at, tech_stack, country, owner_user_id, custom, created_at, updated_at,
       recorded_at
FROM crm.account_versions
WHERE workspace_id = %(workspace_id)s AND id = %(id)s
  AND (%(before)s::bigint IS NULL OR version < %(before)s)
  AND (%(as_of)s::timestamptz IS NULL OR valid_from <= %(as_of)s)
ORDER BY version DESC
LIMIT %(limit)s
