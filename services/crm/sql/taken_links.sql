-- Of pushed links, those that would take the external id of another row, stored or pushed before them.
WITH merged AS (
    SELECT pushed.ordinal, (pushed.item ->> 'id')::uuid AS id, coalesce(row.source, 'api') AS source, row.external_id
    FROM jsonb_array_elements(%(items)s) WITH ORDINALITY AS pushed (item, ordinal)
    LEFT JOIN links present
      ON present.workspace_id = %(workspace_id)s AND present.id = (pushed.item ->> 'id')::uuid
    CROSS JOIN LATERAL jsonb_populate_record(present, pushed.item -> 'patch') AS row
)
SELECT m.id
FROM merged m
WHERE EXISTS (
        SELECT FROM links owner
        WHERE owner.workspace_id = %(workspace_id)s
          AND owner.source = m.source AND owner.external_id = m.external_id AND owner.id <> m.id
      )
   OR EXISTS (
        SELECT FROM merged earlier
        WHERE earlier.source = m.source AND earlier.external_id = m.external_id AND earlier.ordinal < m.ordinal
      )
