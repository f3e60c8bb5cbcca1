-- The version that serves, by its hash: what a process that holds one compares before it loads another.
SELECT version, artifact_sha256
FROM ml_models
WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND state = 'serving'
