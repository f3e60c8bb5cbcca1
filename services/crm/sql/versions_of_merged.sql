-- Versions of the contacts that were merged into one, newest first: those before another.
SELECT back.version, back.valid_from, back.id, back.source, back.external_id, back.first_name, back.last_name,
       back.organization, back.title, back.emails, back.phones, back.urls, back.tags, back.notes, back.account_id,
       back.influence_score, back.community_id, back.custom, back.created_at, back.updated_at, back.archived_at,
       back.recorded_at
FROM merged_contacts e
JOIN merges m ON m.workspace_id = %(workspace_id)s AND m.id = e.merge_id
CROSS JOIN LATERAL jsonb_populate_recordset(NULL::contact_versions, m.snapshot -> 'versions') AS back
WHERE e.workspace_id = %(workspace_id)s AND e.contact_id = %(id)s AND back.id = e.id
  AND (%(before)s::bigint IS NULL OR back.version < %(before)s)
ORDER BY back.version DESC
LIMIT %(limit)s
