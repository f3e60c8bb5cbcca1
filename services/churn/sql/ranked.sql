-- A page of what the current run says of an ego's contacts, the likeliest to fall silent first.
-- Not in it: who is archived or gone, and, unless they are asked for, those for whom somebody wants to hear nothing now.
SELECT s.ego_id, s.contact_id, s.state, s.probability, s.horizon_days, s.interactions, s.days_since_last, s.usual_gap_days,
       r.codes, s.shown, s.compared, s.base, s.contributions, r.model_name, r.model_version, r.model_kind, s.facts_as_of,
       s.computed_at, said.action AS feedback, said.until AS feedback_until
FROM scores s
JOIN runs r ON r.workspace_id = %(workspace_id)s AND r.run_id = s.run_id
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = s.contact_id AND c.archived_at IS NULL
LEFT JOIN LATERAL (
    SELECT f.action, f.until FROM feedback f
    WHERE f.workspace_id = %(workspace_id)s AND f.contact_id = s.contact_id AND f.ego_id = s.ego_id AND f.until > %(now)s
    ORDER BY f.until DESC, f.event_id
    LIMIT 1
) AS said ON true
WHERE s.workspace_id = %(workspace_id)s
  AND s.run_id = (SELECT n.run_id FROM runs n WHERE n.workspace_id = %(workspace_id)s AND n.state = 'current')
  AND s.ego_id = %(ego_id)s AND s.state = %(state)s
  AND (%(above)s::real IS NULL OR s.probability > %(above)s::real)
  AND (%(at_most)s::real IS NULL OR s.probability <= %(at_most)s::real)
  AND (%(with_snoozed)s OR said.until IS NULL)
  AND (%(after_probability)s::real IS NULL
       OR coalesce(s.probability, 0) < %(after_probability)s::real
       OR (coalesce(s.probability, 0) = %(after_probability)s::real AND s.contact_id > %(after_id)s))
ORDER BY s.probability DESC NULLS LAST, s.contact_id
LIMIT %(limit)s
