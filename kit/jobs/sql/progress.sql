-- How far a running job has come; tells whether somebody wants it to stop.
UPDATE jobs
SET done = %(done)s, total = %(total)s
WHERE workspace_id = %(workspace_id)s AND id = %(id)s
RETURNING cancel_requested
