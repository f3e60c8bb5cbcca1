-- What the current run says of some contacts, seen from one ego, and what people last said of them.
SELECT s.ego_id, s.contact_id, s.state, s.probability, s.horizon_days, s.interactions, s.days_since_last, s.usual_gap_days,
       r.codes, s.shown, s.compared, s.base, s.contributions, r.model_name, r.model_version, r.model_kind, s.facts_as_of,
       s.computed_at, said.action AS feedback, said.until AS feedback_until
FROM scores s
JOIN runs r ON r.workspace_id = %(workspace_id)s AND r.run_id = s.run_id
LEFT JOIN LATERAL (
    SELECT f.action, f.until FROM feedback f
    WHERE f.workspace_id = %(workspace_id)s AND f.contact_id = s.contact_id AND f.ego_id = s.ego_id AND f.until > %(now)s
    ORDER BY f.until DESC, f.event_id
    LIMIT 1
) AS said ON true
WHERE s.workspace_id = %(workspace_id)s
  AND s.run_id = (SELECT n.run_id FROM runs n WHERE n.workspace_id = %(workspace_id)s AND n.state = 'current')
  AND s.ego_id = %(ego_id)s AND s.contact_id = ANY(%(ids)s)
