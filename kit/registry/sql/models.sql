-- The versions of every model: what serves first, then the newest.
SELECT workspace_id, name, version, kind, state, data_from, data_until, features, libraries, metrics, gate,
       artifact_sha256, trained_at
FROM ml_models
WHERE workspace_id = %(workspace_id)s
ORDER BY name, state <> 'serving', trained_at DESC, version
LIMIT %(limit)s
