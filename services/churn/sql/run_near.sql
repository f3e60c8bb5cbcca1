-- The run whose snapshots a moment is compared with: the last one before it, else the first one after it.
SELECT run_id, state, model_name, model_version, model_kind, features, codes, own_snapshot::text,
       pair_snapshot::text, after_ego_id, after_id, ties, own_ties, report, facts_as_of, computed_at
FROM runs
WHERE workspace_id = %(workspace_id)s AND state <> 'running'
ORDER BY facts_as_of > %(as_of)s, abs(extract(epoch FROM facts_as_of - %(as_of)s)), run_id
LIMIT 1
