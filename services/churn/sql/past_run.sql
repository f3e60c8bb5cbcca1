-- A run about another time that has ended: of a given one, or the newest.
SELECT run_id, state, model_name, model_version, model_kind, features, codes, own_snapshot::text,
       pair_snapshot::text, after_ego_id, after_id, ties, own_ties, report, facts_as_of, computed_at
FROM runs
WHERE workspace_id = %(workspace_id)s AND state = 'past'
  AND (%(as_of)s::timestamptz IS NULL OR facts_as_of = %(as_of)s::timestamptz)
ORDER BY computed_at DESC, run_id
LIMIT 1
