-- The job as it starts, or nothing where it has ended or was cancelled while it waited.
UPDATE jobs
SET state = 'running', started_at = coalesce(started_at, now())
WHERE workspace_id = %(workspace_id)s AND id = %(id)s AND state IN ('queued', 'running')
RETURNING id, workspace_id, kind, state, arguments, done, total, result, error, created_at, started_at, finished_at,
          request_id, traceparent
