-- From now on this run's figures are shown.
UPDATE runs SET state = 'current', computed_at = now()
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s AND state = 'running'
