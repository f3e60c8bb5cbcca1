-- A new version of a model; nothing where it is there already.
INSERT INTO ml_models (
    workspace_id, name, version, kind, data_from, data_until, features, libraries, metrics, gate, artifact,
    artifact_sha256
)
VALUES (
    %(workspace_id)s, %(name)s, %(version)s, %(kind)s, %(data_from)s, %(data_until)s, %(features)s, %(libraries)s,
    %(metrics)s, %(gate)s, %(artifact)s, %(artifact_sha256)s
)
ON CONFLICT (workspace_id, name, version) DO NOTHING
RETURNING version
