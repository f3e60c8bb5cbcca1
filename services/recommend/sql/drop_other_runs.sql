-- Every run but one goes, and its people with it.
DELETE FROM people_runs WHERE workspace_id = %(workspace_id)s AND run_id <> %(run_id)s
