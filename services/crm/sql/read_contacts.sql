-- Some contacts by id: one, those after another, or those with an external id.
SELECT id, source, external_id, first_name, last_name, organization, title, emails, phones, urls, tags, notes,
       account_id, influence_score, community_id, custom, created_at, updated_at, archived_at, recorded_at
FROM crm.contacts
WHERE workspace_id = %(workspace_id)s
  AND (%(id)s::uuid IS NULL OR id = %(id)s)
  AND (%(after)s::uuid IS NULL OR id > %(after)s)
  AND (%(external_id)s::text IS NULL OR external_id = %(external_id)s)
  AND (%(source)s::text IS NULL OR source = %(source)s)
ORDER BY id
LIMIT %(limit)s
