-- What was marked before a run read its facts is in them.
DELETE FROM people_outdated o
USING people_runs r
WHERE o.workspace_id = %(workspace_id)s AND r.workspace_id = %(workspace_id)s AND r.run_id = %(run_id)s
  AND r.state = 'running' AND o.marked_at < least(r.facts_as_of, r.computed_at)
