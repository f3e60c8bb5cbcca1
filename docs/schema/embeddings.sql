CREATE SCHEMA embeddings;
ALTER SCHEMA embeddings OWNER TO embeddings_owner;

CREATE TABLE embeddings.feed_cursors (
    workspace_id uuid NOT NULL,
    transaction xid8 NOT NULL,
    seq bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY embeddings.feed_cursors FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.feed_cursors OWNER TO embeddings_owner;

CREATE TABLE embeddings.idempotency_keys (
    workspace_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    claim uuid NOT NULL,
    fingerprint bytea,
    status smallint,
    headers jsonb,
    body bytea,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY embeddings.idempotency_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.idempotency_keys OWNER TO embeddings_owner;

CREATE TABLE embeddings.jobs (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    arguments jsonb DEFAULT '{}'::jsonb NOT NULL,
    unique_key text,
    done bigint DEFAULT 0 NOT NULL,
    total bigint,
    result jsonb,
    error jsonb,
    cancel_requested boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    request_id text,
    traceparent text,
    CONSTRAINT jobs_done_check CHECK ((done >= 0)),
    CONSTRAINT jobs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT jobs_total_check CHECK ((total >= 0))
);

ALTER TABLE ONLY embeddings.jobs FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.jobs OWNER TO embeddings_owner;

CREATE TABLE embeddings.migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE embeddings.migrations OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors (
    workspace_id uuid NOT NULL,
    model text NOT NULL,
    contact_id uuid NOT NULL,
    content_hash bytea NOT NULL,
    embedding public.halfvec NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT vectors_content_hash_check CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors OWNER TO embeddings_owner;

ALTER TABLE ONLY embeddings.feed_cursors
    ADD CONSTRAINT feed_cursors_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY embeddings.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, key_hash);

ALTER TABLE ONLY embeddings.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY embeddings.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY embeddings.vectors
    ADD CONSTRAINT vectors_pkey PRIMARY KEY (workspace_id, model, contact_id);

CREATE INDEX idempotency_keys_expiry ON embeddings.idempotency_keys USING btree (workspace_id, expires_at);

CREATE INDEX jobs_newest ON embeddings.jobs USING btree (workspace_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX jobs_waiting ON embeddings.jobs USING btree (workspace_id, unique_key) WHERE (state = 'queued'::text);

ALTER TABLE embeddings.feed_cursors ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.jobs ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_workspace ON embeddings.feed_cursors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.idempotency_keys USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.jobs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

ALTER TABLE embeddings.vectors ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA embeddings TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.feed_cursors TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.idempotency_keys TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.jobs TO embeddings;

GRANT SELECT ON TABLE embeddings.migrations TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors TO embeddings;

ALTER DEFAULT PRIVILEGES FOR ROLE embeddings_owner IN SCHEMA embeddings GRANT SELECT,USAGE ON SEQUENCES TO embeddings;

ALTER DEFAULT PRIVILEGES FOR ROLE embeddings_owner IN SCHEMA embeddings GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO embeddings;
