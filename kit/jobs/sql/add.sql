-- A new waiting job, or nothing where one with the same key waits already.
INSERT INTO jobs (workspace_id, id, kind, arguments, unique_key, request_id, traceparent)
VALUES (
    %(workspace_id)s, %(id)s, %(kind)s, %(arguments)s, %(unique_key)s, %(request_id)s, %(traceparent)s
)
ON CONFLICT (workspace_id, unique_key) WHERE state = 'queued' DO NOTHING
RETURNING id, workspace_id, kind, state, arguments, done, total, result, error, created_at, started_at, finished_at,
          request_id, traceparent
