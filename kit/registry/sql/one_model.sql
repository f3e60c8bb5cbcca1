-- One version of a model.
SELECT workspace_id, name, version, kind, state, data_from, data_until, features, libraries, metrics, gate,
       artifact_sha256, trained_at
FROM ml_models
WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND version = %(version)s
