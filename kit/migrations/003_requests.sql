-- What a request leaves behind: its answer under its Idempotency-Key for a day, and its ids on the jobs it asked for.
CREATE TABLE idempotency_keys (
    workspace_id uuid NOT NULL,
    key_hash bytea NOT NULL,  -- of the key and who sent it
    claim uuid NOT NULL,      -- of the request that runs, or ran, for it
    fingerprint bytea,        -- of operation and body; not known before a long body has come
    status smallint,          -- null while it runs
    headers jsonb,
    body bytea,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, key_hash)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (workspace_id, expires_at);

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON idempotency_keys
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE jobs ADD COLUMN request_id text, ADD COLUMN traceparent text;
