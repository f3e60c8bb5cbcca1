-- What served before the promotion that brought the serving version: null in it means the plain rule.
SELECT previous_version
FROM ml_model_events
WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND version = %(version)s AND action = 'promoted'
ORDER BY happened_at DESC, id DESC
LIMIT 1
