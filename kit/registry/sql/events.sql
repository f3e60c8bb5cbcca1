-- What happened to a model last, newest first.
SELECT id, name, version, previous_version, action, actor, happened_at, details
FROM ml_model_events
WHERE workspace_id = %(workspace_id)s AND name = %(name)s
ORDER BY happened_at DESC, id DESC
LIMIT %(limit)s
