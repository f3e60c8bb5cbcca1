-- Who was erased and must not come back: keyed hashes of what he was known by, of use only to who holds the key.
CREATE TABLE suppressions (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, hash)
);

ALTER TABLE suppressions ENABLE ROW LEVEL SECURITY;
ALTER TABLE suppressions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON suppressions
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
