-- A run has ended: from now on its scores are shown, or kept aside with what came of them.
UPDATE runs SET state = %(state)s, report = %(report)s, computed_at = now()
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s AND state = 'running'
