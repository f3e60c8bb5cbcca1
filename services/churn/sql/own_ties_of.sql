-- As own_ties, of the named contacts, archived ones too.
SELECT c.id, passed.times, passed.directions
FROM crm.contacts c
CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(newest.time, ''), '') AS times, coalesce(string_agg(newest.direction, ''), '') AS directions
    FROM (
        SELECT timestamptz_send(i.occurred_at) AS time,
               CASE i.direction WHEN 'out' THEN '\x01'::bytea WHEN 'in' THEN '\xff'::bytea ELSE '\x00'::bytea END AS direction
        FROM crm.interactions i
        WHERE i.workspace_id = %(workspace_id)s AND i.contact_id = c.id AND i.counterpart_id IS NULL
          AND i.occurred_at <= %(as_of)s
        ORDER BY i.occurred_at DESC
        LIMIT %(newest)s
    ) AS newest
) AS passed
WHERE c.workspace_id = %(workspace_id)s AND c.id = ANY(%(ids)s)
ORDER BY c.id
