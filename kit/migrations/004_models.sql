-- The versions of every model that a workspace has trained: what was learned from what, how good it is, what serves.
-- An artifact is data in a format of its own (ONNX, UBJSON, JSON), never code.
CREATE TABLE ml_models (
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'candidate' CHECK (state IN ('candidate', 'serving', 'retired')),
    data_from timestamptz,
    data_until timestamptz,
    features text[] NOT NULL,
    libraries jsonb NOT NULL,
    metrics jsonb NOT NULL,
    gate jsonb NOT NULL CHECK (jsonb_typeof(gate -> 'passed') = 'boolean'),
    artifact bytea NOT NULL,
    artifact_sha256 bytea NOT NULL CHECK (artifact_sha256 = sha256(artifact)),
    trained_at timestamptz NOT NULL DEFAULT now(),
    CHECK (data_from <= data_until),
    PRIMARY KEY (workspace_id, name, version)
);

CREATE UNIQUE INDEX ml_models_serving ON ml_models (workspace_id, name) WHERE state = 'serving';

-- What happened to a model, and who did it: rows are added, never changed.
CREATE TABLE ml_model_events (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    version text,
    previous_version text,
    action text NOT NULL CHECK (action IN ('registered', 'promoted', 'rolled_back', 'refused')),
    actor text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX ml_model_events_newest ON ml_model_events (workspace_id, name, happened_at DESC, id DESC);

ALTER TABLE ml_models ENABLE ROW LEVEL SECURITY;
ALTER TABLE ml_models FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON ml_models
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
ALTER TABLE ml_model_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE ml_model_events FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON ml_model_events
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

DO $$ BEGIN
    EXECUTE format(
        'REVOKE UPDATE, DELETE, TRUNCATE ON ml_model_events FROM %I', regexp_replace(current_user, '_owner$', '')
    );
END $$;
