-- What pushed contacts become: the rows created or changed; an absent field stays, a null clears.
INSERT INTO contacts (
    workspace_id, id, source, external_id, first_name, last_name, organization, title, emails, phones, urls, tags,
    notes, account_id, influence_score, community_id, custom, created_at, archived_at
)
SELECT %(workspace_id)s, pushed.id, coalesce(merged.source, 'api'), merged.external_id,
       coalesce(merged.first_name, ''), coalesce(merged.last_name, ''), merged.organization, merged.title,
       coalesce(merged.emails, '{}'), coalesce(merged.phones, '{}'), coalesce(merged.urls, '{}'),
       coalesce(merged.tags, '{}'), merged.notes, merged.account_id, merged.influence_score, merged.community_id,
       coalesce(merge_patch((present.one).custom, pushed.patch -> 'custom'), merged.custom, '{}'),
       coalesce(merged.created_at, now()), merged.archived_at
FROM jsonb_to_recordset(%(items)s) AS pushed (id uuid, patch jsonb)
LEFT JOIN LATERAL (
    SELECT one FROM contacts one WHERE one.workspace_id = %(workspace_id)s AND one.id = pushed.id LIMIT 1
) present ON true
CROSS JOIN LATERAL jsonb_populate_record(present.one, pushed.patch) AS merged
ON CONFLICT (workspace_id, id) DO UPDATE SET
    source = excluded.source, external_id = excluded.external_id, first_name = excluded.first_name,
    last_name = excluded.last_name, organization = excluded.organization, title = excluded.title,
    emails = excluded.emails, phones = excluded.phones, urls = excluded.urls, tags = excluded.tags,
    notes = excluded.notes, account_id = excluded.account_id, influence_score = excluded.influence_score,
    community_id = excluded.community_id, custom = excluded.custom, created_at = excluded.created_at,
    archived_at = excluded.archived_at, updated_at = statement_timestamp()
WHERE (contacts.source, contacts.external_id, contacts.first_name, contacts.last_name, contacts.organization,
       contacts.title, contacts.emails, contacts.phones, contacts.urls, contacts.tags, contacts.notes,
       contacts.account_id, contacts.influence_score, contacts.community_id, contacts.custom, contacts.created_at,
       contacts.archived_at)
    IS DISTINCT FROM
      (excluded.source, excluded.external_id, excluded.first_name, excluded.last_name, excluded.organization,
       excluded.title, excluded.emails, excluded.phones, excluded.urls, excluded.tags, excluded.notes,
       excluded.account_id, excluded.influence_score, excluded.community_id, excluded.custom, excluded.created_at,
       excluded.archived_at)
RETURNING id, xmax = 0 AS created
