-- API keys: what programs show instead of a token. Only the hash of a key is kept.
-- No row-level security: a key is found by its hash, before anybody knows whose it is (docs/decisions/0015-api-keys.md).
CREATE TABLE api_keys (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid,
    name text NOT NULL,
    prefix text NOT NULL,
    sha256 bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_at timestamptz NOT NULL,
    created_by uuid,
    expires_at timestamptz CHECK (expires_at > created_at),
    revoked_at timestamptz,
    last_used_at timestamptz,
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX api_keys_newest ON api_keys (workspace_id, created_at DESC, id DESC);
