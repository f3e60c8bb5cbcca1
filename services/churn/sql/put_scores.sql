-- Keep the copied scores of a run, but for ties whose ends are gone: one erased meanwhile must not come back.
INSERT INTO scores (
    workspace_id, run_id, ego_id, contact_id, state, probability, horizon_days, interactions, days_since_last,
    usual_gap_days, features, shown, compared, base, contributions, facts_as_of
)
SELECT %(workspace_id)s, %(run_id)s, i.ego_id, i.contact_id, i.state, i.probability, i.horizon_days, i.interactions,
       i.days_since_last, i.usual_gap_days, i.features, i.shown, i.compared, i.base, i.contributions, i.facts_as_of
FROM incoming_scores i
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = i.contact_id
WHERE i.ego_id = %(ours)s
   OR EXISTS (SELECT FROM crm.contacts e WHERE e.workspace_id = %(workspace_id)s AND e.id = i.ego_id)
ON CONFLICT (workspace_id, run_id, ego_id, contact_id) DO UPDATE SET
    state = excluded.state, probability = excluded.probability, horizon_days = excluded.horizon_days,
    interactions = excluded.interactions, days_since_last = excluded.days_since_last,
    usual_gap_days = excluded.usual_gap_days, features = excluded.features, shown = excluded.shown,
    compared = excluded.compared, base = excluded.base, contributions = excluded.contributions,
    facts_as_of = excluded.facts_as_of, computed_at = now()
