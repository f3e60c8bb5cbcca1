-- Writes the pushed interactions that are new and whose references lead somewhere; returns those left out.
-- A contact that is known is not looked for: that it is there is the foreign key's to say.
WITH pushed AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS row (
        id uuid, source text, external_id text,
        contact_known uuid, contact_id uuid, contact_source text, contact_external_id text,
        counterpart_known uuid, counterpart_id uuid, counterpart_source text, counterpart_external_id text,
        user_id uuid, user_source text, user_external_id text,
        kind text, direction text, occurred_at timestamptz, summary text
    )
), written AS (
    INSERT INTO interactions (
        workspace_id, id, source, external_id, contact_id, counterpart_id, user_id, kind, direction, occurred_at,
        summary
    )
    SELECT %(workspace_id)s, fresh.id, fresh.source, fresh.external_id, contact.id, counterpart.id, person.id,
           fresh.kind, fresh.direction, fresh.occurred_at, fresh.summary
    FROM pushed fresh
    LEFT JOIN LATERAL (
        SELECT one.id FROM interactions one
        WHERE one.workspace_id = %(workspace_id)s
          AND one.source = fresh.source AND one.external_id = fresh.external_id
        LIMIT 1
    ) present ON true
    LEFT JOIN LATERAL (
        SELECT fresh.contact_known AS id WHERE fresh.contact_known IS NOT NULL
        UNION ALL
        SELECT one.id FROM contacts one WHERE one.workspace_id = %(workspace_id)s AND one.id = fresh.contact_id
        UNION ALL
        SELECT one.id FROM contacts one
        WHERE one.workspace_id = %(workspace_id)s
          AND one.source = fresh.contact_source AND one.external_id = fresh.contact_external_id
        LIMIT 1
    ) contact ON true
    LEFT JOIN LATERAL (
        SELECT fresh.counterpart_known AS id WHERE fresh.counterpart_known IS NOT NULL
        UNION ALL
        SELECT one.id FROM contacts one WHERE one.workspace_id = %(workspace_id)s AND one.id = fresh.counterpart_id
        UNION ALL
        SELECT one.id FROM contacts one
        WHERE one.workspace_id = %(workspace_id)s
          AND one.source = fresh.counterpart_source AND one.external_id = fresh.counterpart_external_id
        LIMIT 1
    ) counterpart ON true
    LEFT JOIN LATERAL (
        SELECT one.id FROM users one WHERE one.workspace_id = %(workspace_id)s AND one.id = fresh.user_id
        UNION ALL
        SELECT one.id FROM users one
        WHERE one.workspace_id = %(workspace_id)s
          AND one.source = fresh.user_source AND one.external_id = fresh.user_external_id
        LIMIT 1
    ) person ON true
    WHERE present.id IS NULL AND contact.id IS NOT NULL AND contact.id IS DISTINCT FROM counterpart.id
      AND (counterpart.id IS NULL) = (num_nonnulls(fresh.counterpart_known, fresh.counterpart_id, fresh.counterpart_source) = 0)
      AND (person.id IS NULL) = (fresh.user_id IS NULL AND fresh.user_source IS NULL)
    RETURNING id
)
SELECT fresh.id FROM pushed fresh WHERE NOT EXISTS (SELECT FROM written WHERE written.id = fresh.id)
