-- Versions of one contact, newest first: those before another, or the one that stood at an instant.
SELECT version, valid_from, id, source, external_id, first_name, last_name, organization, title, emails, phones,
       urls, tags, notes, account_id, influence_score, community_id, custom, created_at, updated_at, archived_at,
       recorded_at
FROM crm.contact_versions
WHERE workspace_id = %(workspace_id)s AND id = %(id)s
  AND (%(before)s::bigint IS NULL OR version < %(before)s)
  AND (%(as_of)s::timestamptz IS NULL OR valid_from <= %(as_of)s)
ORDER BY version DESC
LIMIT %(limit)s
