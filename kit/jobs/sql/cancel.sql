-- Stop a job: at once while it waits, at its next step while it runs; a job that has ended stays as it is.
UPDATE jobs
SET cancel_requested = true,
    state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END,
    finished_at = CASE WHEN state = 'queued' THEN now() ELSE finished_at END
WHERE workspace_id = %(workspace_id)s AND id = %(id)s AND state IN ('queued', 'running')
