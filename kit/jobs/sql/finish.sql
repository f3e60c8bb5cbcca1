-- How a job ended.
UPDATE jobs
SET state = %(state)s, result = %(result)s, error = %(error)s, finished_at = now(),
    done = CASE WHEN %(state)s = 'succeeded' THEN coalesce(total, done) ELSE done END
WHERE workspace_id = %(workspace_id)s AND id = %(id)s
