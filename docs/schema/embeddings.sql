CREATE SCHEMA embeddings;
ALTER SCHEMA embeddings OWNER TO embeddings_owner;

CREATE TABLE embeddings.cluster_members (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    cluster_id integer NOT NULL,
    similarity double precision NOT NULL,
    run_cluster_id integer
);

ALTER TABLE ONLY embeddings.cluster_members FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.cluster_members OWNER TO embeddings_owner;

CREATE TABLE embeddings.cluster_runs (
    workspace_id uuid NOT NULL,
    job_id uuid NOT NULL,
    model text NOT NULL,
    n_clusters integer,
    report jsonb NOT NULL,
    facts_as_of timestamp with time zone NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT cluster_runs_n_clusters_check CHECK (((n_clusters >= 2) AND (n_clusters <= 50)))
);

ALTER TABLE ONLY embeddings.cluster_runs FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.cluster_runs OWNER TO embeddings_owner;

CREATE TABLE embeddings.clusters (
    workspace_id uuid NOT NULL,
    id integer NOT NULL,
    model text NOT NULL,
    centroid public.halfvec NOT NULL,
    top_topics text[] NOT NULL,
    x double precision NOT NULL,
    y double precision NOT NULL,
    radius double precision NOT NULL,
    silhouette double precision,
    CONSTRAINT clusters_id_check CHECK ((id > 0)),
    CONSTRAINT clusters_radius_check CHECK ((radius >= (0)::double precision)),
    CONSTRAINT clusters_silhouette_check CHECK (((silhouette >= ('-1'::integer)::double precision) AND (silhouette <= (1)::double precision)))
);

ALTER TABLE ONLY embeddings.clusters FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.clusters OWNER TO embeddings_owner;

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

ALTER TABLE ONLY embeddings.cluster_members
    ADD CONSTRAINT cluster_members_pkey PRIMARY KEY (workspace_id, contact_id);

ALTER TABLE ONLY embeddings.cluster_runs
    ADD CONSTRAINT cluster_runs_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY embeddings.clusters
    ADD CONSTRAINT clusters_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY embeddings.feed_cursors
    ADD CONSTRAINT feed_cursors_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY embeddings.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY embeddings.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY embeddings.vectors
    ADD CONSTRAINT vectors_pkey PRIMARY KEY (workspace_id, model, contact_id);

CREATE INDEX cluster_members_nearest ON embeddings.cluster_members USING btree (workspace_id, cluster_id, similarity DESC, contact_id);

CREATE INDEX jobs_newest ON embeddings.jobs USING btree (workspace_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX jobs_waiting ON embeddings.jobs USING btree (workspace_id, unique_key) WHERE (state = 'queued'::text);

ALTER TABLE ONLY embeddings.cluster_members
    ADD CONSTRAINT cluster_members_workspace_id_cluster_id_fkey FOREIGN KEY (workspace_id, cluster_id) REFERENCES embeddings.clusters(workspace_id, id);

ALTER TABLE embeddings.cluster_members ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.cluster_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.clusters ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.feed_cursors ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.jobs ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_workspace ON embeddings.cluster_members USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.cluster_runs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.clusters USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.feed_cursors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.jobs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

ALTER TABLE embeddings.vectors ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA embeddings TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.cluster_members TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.cluster_runs TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.clusters TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.feed_cursors TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.jobs TO embeddings;

GRANT SELECT ON TABLE embeddings.migrations TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors TO embeddings;

ALTER DEFAULT PRIVILEGES FOR ROLE embeddings_owner IN SCHEMA embeddings GRANT SELECT,USAGE ON SEQUENCES TO embeddings;

ALTER DEFAULT PRIVILEGES FOR ROLE embeddings_owner IN SCHEMA embeddings GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO embeddings;
