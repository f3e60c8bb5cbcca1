-- One run and how far it has come.
SELECT run_id, state, model_name, model_version, model_kind, features, codes, own_snapshot::text,
       pair_snapshot::text, after_ego_id, after_id, ties, own_ties, report, facts_as_of, computed_at
FROM runs
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s
