-- What serves does so no longer, but stays as it is; which it was.
UPDATE models SET state = 'ready', served_until = clock_timestamp()
WHERE workspace_id = %(workspace_id)s AND state = 'serving'
RETURNING name
