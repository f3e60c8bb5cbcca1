-- What a run says of each tie goes on record where the run before said something else.
INSERT INTO history (workspace_id, ego_id, contact_id, facts_as_of, state, probability, horizon_days, model_version)
SELECT %(workspace_id)s, s.ego_id, s.contact_id, s.facts_as_of, s.state, s.probability, s.horizon_days, r.model_version
FROM runs r
JOIN scores s ON s.workspace_id = %(workspace_id)s AND s.run_id = r.run_id
LEFT JOIN runs b ON b.workspace_id = %(workspace_id)s AND b.state = 'current'
LEFT JOIN scores p ON p.workspace_id = %(workspace_id)s AND p.run_id = b.run_id AND p.ego_id = s.ego_id
  AND p.contact_id = s.contact_id
WHERE r.workspace_id = %(workspace_id)s AND r.run_id = %(run_id)s AND r.state = 'running'
  AND (p.contact_id IS NULL OR p.state <> s.state OR b.model_version <> r.model_version
       OR round(p.probability::numeric, 2) IS DISTINCT FROM round(s.probability::numeric, 2))
ON CONFLICT (workspace_id, contact_id, ego_id, facts_as_of) DO NOTHING
