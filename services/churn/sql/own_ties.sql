-- The next contacts by their ids, and what passed between each and the workspace's own people: times, directions.
-- Of each the newest that a model looks at; times are int8 in microseconds since 2000, one behind the other.
SELECT c.id, passed.times, passed.directions
FROM (
    SELECT id FROM crm.contacts
    WHERE workspace_id = %(workspace_id)s AND archived_at IS NULL AND id > %(after_id)s
    ORDER BY id
    LIMIT %(limit)s
) AS c
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
ORDER BY c.id
