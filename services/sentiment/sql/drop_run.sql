-- A run goes, and its figures with it.
DELETE FROM runs WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s
