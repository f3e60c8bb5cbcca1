-- What happened to a model, newest first, after a given event.
SELECT e.id, e.name, e.version, e.previous_version, e.action, e.actor, e.happened_at, e.details
FROM ml_model_events e
WHERE e.workspace_id = %(workspace_id)s AND e.name = %(name)s
  AND (
    %(after)s::uuid IS NULL
    OR (e.happened_at, e.id) < (
        SELECT last.happened_at, last.id FROM ml_model_events last
        WHERE last.workspace_id = %(workspace_id)s AND last.id = %(after)s::uuid
    )
  )
ORDER BY e.happened_at DESC, e.id DESC
LIMIT %(limit)s
