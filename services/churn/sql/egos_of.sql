-- From whom the named contacts are seen in the current run.
SELECT s.ego_id, s.contact_id
FROM runs r
JOIN scores s ON s.workspace_id = %(workspace_id)s AND s.run_id = r.run_id AND s.contact_id = ANY(%(ids)s)
WHERE r.workspace_id = %(workspace_id)s AND r.state = 'current'
