-- From now on this run's people are shown.
UPDATE people_runs SET state = 'current', computed_at = now()
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s AND state = 'running'
