-- The contacts that were merged into one, as they stood before.
SELECT back.id, back.source, back.external_id, back.first_name, back.last_name, back.organization, back.title,
       back.emails, back.phones, back.urls, back.tags, back.notes, back.account_id, back.influence_score,
       back.community_id, back.custom, back.created_at, back.updated_at, back.archived_at, back.recorded_at
FROM merged_contacts e
JOIN merges m ON m.workspace_id = %(workspace_id)s AND m.id = e.merge_id
CROSS JOIN LATERAL jsonb_populate_recordset(NULL::contacts, m.snapshot -> 'contacts') AS back
WHERE e.workspace_id = %(workspace_id)s AND e.contact_id = %(id)s AND back.id = e.id
ORDER BY back.id
