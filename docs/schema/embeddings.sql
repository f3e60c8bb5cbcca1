CREATE SCHEMA embeddings;
ALTER SCHEMA embeddings OWNER TO embeddings_owner;

CREATE TABLE embeddings.documents (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    number integer NOT NULL,
    content_hash bytea NOT NULL,
    words integer NOT NULL,
    grams integer NOT NULL,
    terms text[] NOT NULL,
    CONSTRAINT documents_content_hash_check CHECK ((length(content_hash) = 32))
);

ALTER TABLE ONLY embeddings.documents FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.documents OWNER TO embeddings_owner;

CREATE TABLE embeddings.feed_cursors (
    workspace_id uuid NOT NULL,
    transaction xid8 NOT NULL,
    seq bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY embeddings.feed_cursors FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.feed_cursors OWNER TO embeddings_owner;

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
    CONSTRAINT jobs_done_check CHECK ((done >= 0)),
    CONSTRAINT jobs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT jobs_total_check CHECK ((total >= 0))
);

ALTER TABLE ONLY embeddings.jobs FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.jobs OWNER TO embeddings_owner;

CREATE TABLE embeddings.lexicons (
    workspace_id uuid NOT NULL,
    documents bigint DEFAULT 0 NOT NULL,
    words bigint DEFAULT 0 NOT NULL,
    grams bigint DEFAULT 0 NOT NULL,
    next_number integer DEFAULT 0 NOT NULL,
    indexed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT lexicons_documents_check CHECK ((documents >= 0)),
    CONSTRAINT lexicons_grams_check CHECK ((grams >= 0)),
    CONSTRAINT lexicons_words_check CHECK ((words >= 0))
);

ALTER TABLE ONLY embeddings.lexicons FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.lexicons OWNER TO embeddings_owner;

CREATE TABLE embeddings.migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE embeddings.migrations OWNER TO embeddings_owner;

CREATE TABLE embeddings.postings (
    workspace_id uuid NOT NULL,
    term text NOT NULL COLLATE pg_catalog."C",
    block integer NOT NULL,
    entries bytea NOT NULL,
    CONSTRAINT postings_entries_check CHECK ((length(entries) > 0))
);
ALTER TABLE ONLY embeddings.postings ALTER COLUMN entries SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.postings FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.postings OWNER TO embeddings_owner;

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

ALTER TABLE ONLY embeddings.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (workspace_id, contact_id);

ALTER TABLE ONLY embeddings.documents
    ADD CONSTRAINT documents_workspace_id_number_key UNIQUE (workspace_id, number);

ALTER TABLE ONLY embeddings.feed_cursors
    ADD CONSTRAINT feed_cursors_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY embeddings.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY embeddings.lexicons
    ADD CONSTRAINT lexicons_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY embeddings.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY embeddings.postings
    ADD CONSTRAINT postings_pkey PRIMARY KEY (workspace_id, term, block);

ALTER TABLE ONLY embeddings.vectors
    ADD CONSTRAINT vectors_pkey PRIMARY KEY (workspace_id, model, contact_id);

CREATE INDEX jobs_newest ON embeddings.jobs USING btree (workspace_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX jobs_waiting ON embeddings.jobs USING btree (workspace_id, unique_key) WHERE (state = 'queued'::text);

ALTER TABLE embeddings.documents ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.feed_cursors ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.lexicons ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_workspace ON embeddings.documents USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.feed_cursors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.jobs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.lexicons USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.postings USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

ALTER TABLE embeddings.postings ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA embeddings TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.documents TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.feed_cursors TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.jobs TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.lexicons TO embeddings;

GRANT SELECT ON TABLE embeddings.migrations TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.postings TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors TO embeddings;

ALTER DEFAULT PRIVILEGES FOR ROLE embeddings_owner IN SCHEMA embeddings GRANT SELECT,USAGE ON SEQUENCES TO embeddings;

ALTER DEFAULT PRIVILEGES FOR ROLE embeddings_owner IN SCHEMA embeddings GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO embeddings;
