-- One job.
SELECT id, workspace_id, kind, state, arguments, done, total, result, error, created_at, started_at, finished_at,
       request_id, traceparent
FROM jobs
WHERE workspace_id = %(workspace_id)s AND id = %(id)s
