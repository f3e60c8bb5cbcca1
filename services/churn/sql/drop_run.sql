-- A run goes, and its scores with it.
DELETE FROM runs WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s
