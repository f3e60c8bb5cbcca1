-- One run and how far it has come.
SELECT run_id, state, model_name, model_version, model_kind, link, codes, histogram, after_id, contacts, candidates,
       degraded, facts_as_of, computed_at
FROM people_runs
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s
