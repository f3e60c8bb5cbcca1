-- Writes the pushed contacts that are new, were never merged and whose accounts are there; returns those left out.
WITH pushed AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS row (
        id uuid, source text, external_id text, account_id uuid, account_source text, account_external_id text,
        first_name text, last_name text, organization text, title text, emails text[], phones text[], urls text[],
        tags text[], notes text, influence_score double precision, community_id integer, custom jsonb,
        created_at timestamptz, archived_at timestamptz
    )
), written AS (
    INSERT INTO contacts (
        workspace_id, id, source, external_id, first_name, last_name, organization, title, emails, phones, urls, tags,
        notes, account_id, influence_score, community_id, custom, created_at, archived_at
    )
    SELECT %(workspace_id)s, fresh.id, fresh.source, fresh.external_id,
           coalesce(fresh.first_name, ''), coalesce(fresh.last_name, ''), fresh.organization, fresh.title,
           coalesce(fresh.emails, '{}'), coalesce(fresh.phones, '{}'), coalesce(fresh.urls, '{}'),
           coalesce(fresh.tags, '{}'), fresh.notes, account.id, fresh.influence_score, fresh.community_id,
           merge_patch(NULL, coalesce(fresh.custom, '{}')), coalesce(fresh.created_at, now()), fresh.archived_at
    FROM pushed fresh
    LEFT JOIN LATERAL (
        SELECT one.id FROM contacts one
        WHERE one.workspace_id = %(workspace_id)s
          AND one.source = fresh.source AND one.external_id = fresh.external_id
        UNION ALL
        SELECT one.id FROM merged_contacts one
        WHERE one.workspace_id = %(workspace_id)s
          AND one.source = fresh.source AND one.external_id = fresh.external_id
        LIMIT 1
    ) present ON true
    LEFT JOIN LATERAL (
        SELECT one.id FROM accounts one WHERE one.workspace_id = %(workspace_id)s AND one.id = fresh.account_id
        UNION ALL
        SELECT one.id FROM accounts one
        WHERE one.workspace_id = %(workspace_id)s
          AND one.source = fresh.account_source AND one.external_id = fresh.account_external_id
        LIMIT 1
    ) account ON true
    WHERE present.id IS NULL
      AND (account.id IS NULL) = (fresh.account_id IS NULL AND fresh.account_source IS NULL)
    RETURNING id
)
SELECT fresh.id FROM pushed fresh WHERE NOT EXISTS (SELECT FROM written WHERE written.id = fresh.id)
