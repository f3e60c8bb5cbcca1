-- What passed between some contacts and others, seen from the former: all others, or the named; times, directions.
-- An interaction is written as its counterpart sees it: for the contact itself in and out change places.
SELECT newest.ego_id, newest.contact_id, string_agg(newest.time, ''), string_agg(newest.direction, '')
FROM (
    SELECT passed.ego_id, passed.contact_id, timestamptz_send(passed.occurred_at) AS time, passed.direction,
           row_number() OVER (PARTITION BY passed.ego_id, passed.contact_id ORDER BY passed.occurred_at DESC) AS place
    FROM (
        SELECT i.counterpart_id AS ego_id, i.contact_id, i.occurred_at,
               CASE i.direction WHEN 'out' THEN '\x01'::bytea WHEN 'in' THEN '\xff'::bytea ELSE '\x00'::bytea END AS direction
        FROM crm.interactions i
        WHERE i.workspace_id = %(workspace_id)s AND i.counterpart_id = ANY(%(ego_ids)s) AND i.occurred_at <= %(as_of)s
          AND (%(ids)s::uuid[] IS NULL OR i.contact_id = ANY(%(ids)s::uuid[]))
        UNION ALL
        SELECT i.contact_id, i.counterpart_id, i.occurred_at,
               CASE i.direction WHEN 'out' THEN '\xff'::bytea WHEN 'in' THEN '\x01'::bytea ELSE '\x00'::bytea END
        FROM crm.interactions i
        WHERE i.workspace_id = %(workspace_id)s AND i.contact_id = ANY(%(ego_ids)s) AND i.counterpart_id IS NOT NULL
          AND i.occurred_at <= %(as_of)s
          AND (%(ids)s::uuid[] IS NULL OR i.counterpart_id = ANY(%(ids)s::uuid[]))
    ) AS passed
) AS newest
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = newest.contact_id
  AND (c.archived_at IS NULL OR %(ids)s::uuid[] IS NOT NULL)
WHERE newest.place <= %(newest)s
GROUP BY newest.ego_id, newest.contact_id
ORDER BY newest.ego_id, newest.contact_id
