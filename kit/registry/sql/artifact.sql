-- What the serving version of a model is loaded from.
SELECT name, version, kind, artifact AS content, artifact_sha256 AS content_sha256, features
FROM ml_models
WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND state = 'serving'
