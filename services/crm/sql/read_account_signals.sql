-- Some signals by id: one, those after another, or those with an external id.
SELECT id, source, external_id, account_id, observed_at, engineering_role_count, has_open_engineering_roles,
       total_open_roles, has_engineering_blog, extra, recorded_at
FROM crm.account_signals
WHERE workspace_id = %(workspace_id)s
  AND (%(id)s::uuid IS NULL OR id = %(id)s)
  AND (%(after)s::uuid IS NULL OR id > %(after)s)
  AND (%(external_id)s::text IS NULL OR external_id = %(external_id)s)
  AND (%(source)s::text IS NULL OR source = %(source)s)
ORDER BY id
LIMIT %(limit)s
