-- How the shown figures stand: their mean, and how many are above each threshold; archived contacts left out.
SELECT coalesce(avg(t.overall), 0)::float8 AS average,
       count(*) FILTER (WHERE t.overall > 0.5) AS very_positive,
       count(*) FILTER (WHERE t.overall > 0.2 AND t.overall <= 0.5) AS positive,
       count(*) FILTER (WHERE t.overall > -0.2 AND t.overall <= 0.2) AS neutral,
       count(*) FILTER (WHERE t.overall > -0.5 AND t.overall <= -0.2) AS negative,
       count(*) FILTER (WHERE t.overall <= -0.5) AS very_negative,
       max(r.computed_at) AS computed_at, max(r.facts_as_of) AS facts_as_of
FROM runs r
JOIN tones t ON t.workspace_id = %(workspace_id)s AND t.run_id = r.run_id
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = t.contact_id AND c.archived_at IS NULL
WHERE r.workspace_id = %(workspace_id)s AND r.state = 'current'
