-- One run.
SELECT run_id, state, model_version, model_kind, weeks_back, after_id, contacts, facts_as_of, computed_at
FROM runs
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s
