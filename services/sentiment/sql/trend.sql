-- The mean tone of each of the newest weeks, oldest first; of one contact or of all.
SELECT n.week, n.average, n.contacts, n.positive, n.neutral, n.negative
FROM (
    SELECT h.week, avg(h.overall)::float8 AS average, count(*) AS contacts,
           count(*) FILTER (WHERE h.overall > 0.2) AS positive,
           count(*) FILTER (WHERE h.overall > -0.2 AND h.overall <= 0.2) AS neutral,
           count(*) FILTER (WHERE h.overall <= -0.2) AS negative
    FROM history h
    WHERE h.workspace_id = %(workspace_id)s AND (%(contact_id)s::uuid IS NULL OR h.contact_id = %(contact_id)s)
    GROUP BY h.week
    ORDER BY h.week DESC
    LIMIT %(weeks)s
) AS n
ORDER BY n.week
