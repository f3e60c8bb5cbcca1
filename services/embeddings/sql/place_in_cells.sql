-- The named contacts' numbers go to the cell nearest to their vector, beside those that are there.
UPDATE cells c SET numbers = c.numbers || placed.numbers
FROM (
    SELECT nearest.cell, string_agg(int4send(v.number), ''::bytea) AS numbers
    FROM vectors v
    CROSS JOIN LATERAL (
        SELECT n.cell
        FROM cells n
        WHERE n.workspace_id = %(workspace_id)s AND n.model = %(model)s
        ORDER BY n.centre <=> v.embedding, n.cell
        LIMIT 1
    ) nearest
    WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = ANY(%(ids)s)
      AND v.number IS NOT NULL
    GROUP BY nearest.cell
) placed
WHERE c.workspace_id = %(workspace_id)s AND c.model = %(model)s AND c.cell = placed.cell
