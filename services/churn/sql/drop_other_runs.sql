-- Every run but one goes, and its scores with it; runs about other times stay.
DELETE FROM runs WHERE workspace_id = %(workspace_id)s AND run_id <> %(run_id)s AND state <> 'past'
