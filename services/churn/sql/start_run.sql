-- A run begins; nothing where it has begun before.
INSERT INTO runs (
    workspace_id, run_id, state, model_name, model_version, model_kind, features, codes, own_snapshot, pair_snapshot,
    facts_as_of
)
VALUES (
    %(workspace_id)s, %(run_id)s, 'running', %(model_name)s, %(model_version)s, %(model_kind)s, %(features)s, %(codes)s,
    %(own_snapshot)s::jsonb, %(pair_snapshot)s::jsonb, %(facts_as_of)s
)
ON CONFLICT DO NOTHING
