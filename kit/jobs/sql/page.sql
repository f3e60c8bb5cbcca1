-- A page of jobs, newest first, after the one the cursor names.
SELECT id, workspace_id, kind, state, arguments, done, total, result, error, created_at, started_at, finished_at,
       request_id, traceparent
FROM jobs
WHERE workspace_id = %(workspace_id)s
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(after)s::uuid IS NULL OR (created_at, id) < (
        SELECT last.created_at, last.id FROM jobs last WHERE last.workspace_id = %(workspace_id)s AND last.id = %(after)s
      ))
ORDER BY created_at DESC, id DESC
LIMIT %(limit)s
