-- How a search should go: whether the workspace has an index, and then the rarest label asked for.
-- A label's contacts are counted only until reading them would be dearer than walking the index.
SELECT made.few IS NOT NULL AS indexed, rarest.label, coalesce(rarest.contacts <= made.few, false) AS is_rare
FROM (
    SELECT ceil(sqrt(sum(c.reltuples) * %(limit)s))::integer AS few
    FROM pg_class c
    WHERE c.oid = to_regclass(index_name(%(workspace_id)s, %(model)s))
) AS made
LEFT JOIN LATERAL (
    SELECT asked.label, counted.contacts
    FROM unnest(%(labels)s::text[]) AS asked (label)
    CROSS JOIN LATERAL (
        SELECT count(*) AS contacts
        FROM (
            SELECT FROM labels l
            WHERE l.workspace_id = %(workspace_id)s AND l.label = asked.label
            LIMIT made.few + 1
        ) AS found
    ) AS counted
    WHERE made.few IS NOT NULL
    ORDER BY counted.contacts, asked.label
    LIMIT 1
) AS rarest ON true
