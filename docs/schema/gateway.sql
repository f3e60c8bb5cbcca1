CREATE SCHEMA gateway;
ALTER SCHEMA gateway OWNER TO gateway_owner;

CREATE TABLE gateway.api_keys (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid,
    name text NOT NULL,
    prefix text NOT NULL,
    sha256 bytea NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    CONSTRAINT api_keys_check CHECK ((expires_at > created_at)),
    CONSTRAINT api_keys_scopes_check CHECK ((cardinality(scopes) > 0)),
    CONSTRAINT api_keys_sha256_check CHECK ((octet_length(sha256) = 32))
);
ALTER TABLE gateway.api_keys OWNER TO gateway_owner;

CREATE TABLE gateway.migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE gateway.migrations OWNER TO gateway_owner;

ALTER TABLE ONLY gateway.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY gateway.api_keys
    ADD CONSTRAINT api_keys_sha256_key UNIQUE (sha256);

ALTER TABLE ONLY gateway.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

CREATE INDEX api_keys_newest ON gateway.api_keys USING btree (workspace_id, created_at DESC, id DESC);

GRANT USAGE ON SCHEMA gateway TO gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE gateway.api_keys TO gateway;

GRANT SELECT ON TABLE gateway.migrations TO gateway;

ALTER DEFAULT PRIVILEGES FOR ROLE gateway_owner IN SCHEMA gateway GRANT SELECT,USAGE ON SEQUENCES TO gateway;

ALTER DEFAULT PRIVILEGES FOR ROLE gateway_owner IN SCHEMA gateway GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO gateway;
