CREATE SCHEMA embeddings;
ALTER SCHEMA embeddings OWNER TO embeddings_owner;

CREATE FUNCTION embeddings.drop_index(tenant uuid, model text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'embeddings', 'public', 'pg_temp'
    SET lock_timeout TO '2s'
    AS $$
DECLARE
    name CONSTANT text := index_name(tenant, model);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rapport.vectors.index'), hashtext(name));
    IF to_regclass(name) IS NULL OR tenant IS DISTINCT FROM nullif(current_setting('app.workspace_id', true), '')::uuid THEN
        RETURN false;
    END IF;
    EXECUTE format('DROP INDEX %I', name);
    RETURN true;
END
$$;
ALTER FUNCTION embeddings.drop_index(tenant uuid, model text) OWNER TO embeddings_owner;

CREATE FUNCTION embeddings.index_name(tenant uuid, model text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT 'vectors_near_' || md5(tenant::text || model) $$;
ALTER FUNCTION embeddings.index_name(tenant uuid, model text) OWNER TO embeddings_owner;

CREATE FUNCTION embeddings.make_index(tenant uuid, model text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'embeddings', 'public', 'pg_temp'
    SET lock_timeout TO '2s'
    AS $$
DECLARE
    name CONSTANT text := index_name(tenant, model);
    part regclass;
    dimensions integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rapport.vectors.index'), hashtext(name));
    SELECT v.tableoid, vector_dims(v.embedding) INTO part, dimensions
    FROM vectors v WHERE v.workspace_id = tenant AND v.model = make_index.model LIMIT 1;
    IF part IS NULL OR to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE INDEX %I ON %s USING hnsw ((embedding::halfvec(%s)) halfvec_cosine_ops) WHERE workspace_id = %L AND model = %L',
        name, part, dimensions, tenant, model
    );
    RETURN true;
END
$$;
ALTER FUNCTION embeddings.make_index(tenant uuid, model text) OWNER TO embeddings_owner;

CREATE TABLE embeddings.cells (
    workspace_id uuid NOT NULL,
    model text NOT NULL,
    cell integer NOT NULL,
    centre public.halfvec NOT NULL,
    numbers bytea DEFAULT '\x'::bytea NOT NULL
)
WITH (toast_tuple_target='8160');
ALTER TABLE ONLY embeddings.cells ALTER COLUMN centre SET STORAGE PLAIN;
ALTER TABLE ONLY embeddings.cells ALTER COLUMN numbers SET STORAGE EXTERNAL;

ALTER TABLE ONLY embeddings.cells FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.cells OWNER TO embeddings_owner;

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

CREATE TABLE embeddings.ml_model_events (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    version text,
    previous_version text,
    action text NOT NULL,
    actor text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    happened_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT ml_model_events_action_check CHECK ((action = ANY (ARRAY['registered'::text, 'promoted'::text, 'rolled_back'::text, 'refused'::text])))
);

ALTER TABLE ONLY embeddings.ml_model_events FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.ml_model_events OWNER TO embeddings_owner;

CREATE TABLE embeddings.ml_models (
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    kind text NOT NULL,
    state text DEFAULT 'candidate'::text NOT NULL,
    data_from timestamp with time zone,
    data_until timestamp with time zone,
    features text[] NOT NULL,
    libraries jsonb NOT NULL,
    metrics jsonb NOT NULL,
    gate jsonb NOT NULL,
    artifact bytea NOT NULL,
    artifact_sha256 bytea NOT NULL,
    trained_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ml_models_check CHECK ((artifact_sha256 = sha256(artifact))),
    CONSTRAINT ml_models_check1 CHECK ((data_from <= data_until)),
    CONSTRAINT ml_models_gate_check CHECK ((jsonb_typeof((gate -> 'passed'::text)) = 'boolean'::text)),
    CONSTRAINT ml_models_state_check CHECK ((state = ANY (ARRAY['candidate'::text, 'serving'::text, 'retired'::text])))
);

ALTER TABLE ONLY embeddings.ml_models FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.ml_models OWNER TO embeddings_owner;

CREATE TABLE embeddings.models (
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    dimensions integer NOT NULL,
    state text NOT NULL,
    replaced text,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    serving_since timestamp with time zone,
    served_until timestamp with time zone,
    CONSTRAINT models_dimensions_check CHECK ((dimensions > 0)),
    CONSTRAINT models_state_check CHECK ((state = ANY (ARRAY['embedding'::text, 'ready'::text, 'serving'::text, 'removing'::text])))
);

ALTER TABLE ONLY embeddings.models FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.models OWNER TO embeddings_owner;

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

CREATE TABLE embeddings.spent_tokens (
    workspace_id uuid NOT NULL,
    day date NOT NULL,
    tokens bigint NOT NULL,
    CONSTRAINT spent_tokens_tokens_check CHECK ((tokens >= 0))
);

ALTER TABLE ONLY embeddings.spent_tokens FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.spent_tokens OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
)
PARTITION BY HASH (workspace_id);
ALTER TABLE ONLY embeddings.vectors ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_0 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_0 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_0 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_0 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_1 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_1 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_1 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_10 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_10 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_10 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_10 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_11 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_11 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_11 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_11 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_12 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_12 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_12 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_12 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_13 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_13 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_13 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_13 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_14 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_14 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_14 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_14 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_15 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_15 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_15 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_15 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_2 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_2 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_2 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_2 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_3 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_3 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_3 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_3 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_4 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_4 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_4 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_4 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_5 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_5 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_5 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_5 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_6 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_6 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_6 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_6 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_7 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_7 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_7 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_7 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_8 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_8 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_8 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_8 OWNER TO embeddings_owner;

CREATE TABLE embeddings.vectors_9 (
    workspace_id uuid CONSTRAINT vectors_workspace_id_not_null1 NOT NULL,
    model text CONSTRAINT vectors_model_not_null1 NOT NULL,
    contact_id uuid CONSTRAINT vectors_contact_id_not_null1 NOT NULL,
    content_hash bytea CONSTRAINT vectors_content_hash_not_null1 NOT NULL,
    embedding public.halfvec CONSTRAINT vectors_embedding_not_null1 NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() CONSTRAINT vectors_embedded_at_not_null1 NOT NULL,
    number integer,
    CONSTRAINT vectors_content_hash_check1 CHECK ((length(content_hash) = 32))
);
ALTER TABLE ONLY embeddings.vectors_9 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY embeddings.vectors_9 FORCE ROW LEVEL SECURITY;
ALTER TABLE embeddings.vectors_9 OWNER TO embeddings_owner;

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_0 FOR VALUES WITH (modulus 16, remainder 0);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_1 FOR VALUES WITH (modulus 16, remainder 1);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_10 FOR VALUES WITH (modulus 16, remainder 10);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_11 FOR VALUES WITH (modulus 16, remainder 11);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_12 FOR VALUES WITH (modulus 16, remainder 12);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_13 FOR VALUES WITH (modulus 16, remainder 13);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_14 FOR VALUES WITH (modulus 16, remainder 14);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_15 FOR VALUES WITH (modulus 16, remainder 15);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_2 FOR VALUES WITH (modulus 16, remainder 2);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_3 FOR VALUES WITH (modulus 16, remainder 3);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_4 FOR VALUES WITH (modulus 16, remainder 4);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_5 FOR VALUES WITH (modulus 16, remainder 5);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_6 FOR VALUES WITH (modulus 16, remainder 6);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_7 FOR VALUES WITH (modulus 16, remainder 7);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_8 FOR VALUES WITH (modulus 16, remainder 8);

ALTER TABLE ONLY embeddings.vectors ATTACH PARTITION embeddings.vectors_9 FOR VALUES WITH (modulus 16, remainder 9);

ALTER TABLE ONLY embeddings.cells
    ADD CONSTRAINT cells_pkey PRIMARY KEY (workspace_id, model, cell);

ALTER TABLE ONLY embeddings.cluster_members
    ADD CONSTRAINT cluster_members_pkey PRIMARY KEY (workspace_id, contact_id);

ALTER TABLE ONLY embeddings.cluster_runs
    ADD CONSTRAINT cluster_runs_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY embeddings.clusters
    ADD CONSTRAINT clusters_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY embeddings.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (workspace_id, contact_id);

ALTER TABLE ONLY embeddings.documents
    ADD CONSTRAINT documents_workspace_id_number_key UNIQUE (workspace_id, number);

ALTER TABLE ONLY embeddings.feed_cursors
    ADD CONSTRAINT feed_cursors_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY embeddings.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, key_hash);

ALTER TABLE ONLY embeddings.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY embeddings.lexicons
    ADD CONSTRAINT lexicons_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY embeddings.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY embeddings.ml_model_events
    ADD CONSTRAINT ml_model_events_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY embeddings.ml_models
    ADD CONSTRAINT ml_models_pkey PRIMARY KEY (workspace_id, name, version);

ALTER TABLE ONLY embeddings.models
    ADD CONSTRAINT models_pkey PRIMARY KEY (workspace_id, name);

ALTER TABLE ONLY embeddings.postings
    ADD CONSTRAINT postings_pkey PRIMARY KEY (workspace_id, term, block);

ALTER TABLE ONLY embeddings.spent_tokens
    ADD CONSTRAINT spent_tokens_pkey PRIMARY KEY (workspace_id, day);

ALTER TABLE ONLY embeddings.vectors
    ADD CONSTRAINT vectors_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_0
    ADD CONSTRAINT vectors_0_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_10
    ADD CONSTRAINT vectors_10_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_11
    ADD CONSTRAINT vectors_11_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_12
    ADD CONSTRAINT vectors_12_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_13
    ADD CONSTRAINT vectors_13_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_14
    ADD CONSTRAINT vectors_14_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_15
    ADD CONSTRAINT vectors_15_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_1
    ADD CONSTRAINT vectors_1_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_2
    ADD CONSTRAINT vectors_2_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_3
    ADD CONSTRAINT vectors_3_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_4
    ADD CONSTRAINT vectors_4_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_5
    ADD CONSTRAINT vectors_5_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_6
    ADD CONSTRAINT vectors_6_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_7
    ADD CONSTRAINT vectors_7_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_8
    ADD CONSTRAINT vectors_8_pkey PRIMARY KEY (workspace_id, model, contact_id);

ALTER TABLE ONLY embeddings.vectors_9
    ADD CONSTRAINT vectors_9_pkey PRIMARY KEY (workspace_id, model, contact_id);

CREATE INDEX cluster_members_nearest ON embeddings.cluster_members USING btree (workspace_id, cluster_id, similarity DESC, contact_id);

CREATE INDEX idempotency_keys_expiry ON embeddings.idempotency_keys USING btree (workspace_id, expires_at);

CREATE INDEX jobs_newest ON embeddings.jobs USING btree (workspace_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX jobs_waiting ON embeddings.jobs USING btree (workspace_id, unique_key) WHERE (state = 'queued'::text);

CREATE INDEX ml_model_events_newest ON embeddings.ml_model_events USING btree (workspace_id, name, happened_at DESC, id DESC);

CREATE UNIQUE INDEX ml_models_serving ON embeddings.ml_models USING btree (workspace_id, name) WHERE (state = 'serving'::text);

CREATE UNIQUE INDEX models_serving ON embeddings.models USING btree (workspace_id) WHERE (state = 'serving'::text);

CREATE INDEX vectors_numbers ON ONLY embeddings.vectors USING btree (workspace_id, number);

CREATE INDEX vectors_0_workspace_id_number_idx ON embeddings.vectors_0 USING btree (workspace_id, number);

CREATE INDEX vectors_10_workspace_id_number_idx ON embeddings.vectors_10 USING btree (workspace_id, number);

CREATE INDEX vectors_11_workspace_id_number_idx ON embeddings.vectors_11 USING btree (workspace_id, number);

CREATE INDEX vectors_12_workspace_id_number_idx ON embeddings.vectors_12 USING btree (workspace_id, number);

CREATE INDEX vectors_13_workspace_id_number_idx ON embeddings.vectors_13 USING btree (workspace_id, number);

CREATE INDEX vectors_14_workspace_id_number_idx ON embeddings.vectors_14 USING btree (workspace_id, number);

CREATE INDEX vectors_15_workspace_id_number_idx ON embeddings.vectors_15 USING btree (workspace_id, number);

CREATE INDEX vectors_1_workspace_id_number_idx ON embeddings.vectors_1 USING btree (workspace_id, number);

CREATE INDEX vectors_2_workspace_id_number_idx ON embeddings.vectors_2 USING btree (workspace_id, number);

CREATE INDEX vectors_3_workspace_id_number_idx ON embeddings.vectors_3 USING btree (workspace_id, number);

CREATE INDEX vectors_4_workspace_id_number_idx ON embeddings.vectors_4 USING btree (workspace_id, number);

CREATE INDEX vectors_5_workspace_id_number_idx ON embeddings.vectors_5 USING btree (workspace_id, number);

CREATE INDEX vectors_6_workspace_id_number_idx ON embeddings.vectors_6 USING btree (workspace_id, number);

CREATE INDEX vectors_7_workspace_id_number_idx ON embeddings.vectors_7 USING btree (workspace_id, number);

CREATE INDEX vectors_8_workspace_id_number_idx ON embeddings.vectors_8 USING btree (workspace_id, number);

CREATE INDEX vectors_9_workspace_id_number_idx ON embeddings.vectors_9 USING btree (workspace_id, number);

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_0_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_0_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_10_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_10_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_11_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_11_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_12_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_12_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_13_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_13_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_14_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_14_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_15_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_15_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_1_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_1_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_2_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_2_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_3_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_3_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_4_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_4_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_5_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_5_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_6_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_6_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_7_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_7_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_8_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_8_workspace_id_number_idx;

ALTER INDEX embeddings.vectors_pkey ATTACH PARTITION embeddings.vectors_9_pkey;

ALTER INDEX embeddings.vectors_numbers ATTACH PARTITION embeddings.vectors_9_workspace_id_number_idx;

ALTER TABLE ONLY embeddings.cluster_members
    ADD CONSTRAINT cluster_members_workspace_id_cluster_id_fkey FOREIGN KEY (workspace_id, cluster_id) REFERENCES embeddings.clusters(workspace_id, id);

ALTER TABLE embeddings.cells ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.cluster_members ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.cluster_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.clusters ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.documents ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.feed_cursors ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.lexicons ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.ml_model_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.ml_models ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.models ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_workspace ON embeddings.cells USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.cluster_members USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.cluster_runs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.clusters USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.documents USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.feed_cursors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.idempotency_keys USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.jobs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.lexicons USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.ml_model_events USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.ml_models USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.models USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.postings USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.spent_tokens USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_0 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_1 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_10 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_11 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_12 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_13 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_14 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_15 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_2 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_3 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_4 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_5 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_6 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_7 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_8 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON embeddings.vectors_9 USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

ALTER TABLE embeddings.postings ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.spent_tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_0 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_10 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_11 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_12 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_13 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_14 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_15 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_2 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_3 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_4 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_5 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_6 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_7 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_8 ENABLE ROW LEVEL SECURITY;

ALTER TABLE embeddings.vectors_9 ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA embeddings TO embeddings;

REVOKE ALL ON FUNCTION embeddings.drop_index(tenant uuid, model text) FROM PUBLIC;
GRANT ALL ON FUNCTION embeddings.drop_index(tenant uuid, model text) TO embeddings;

REVOKE ALL ON FUNCTION embeddings.make_index(tenant uuid, model text) FROM PUBLIC;
GRANT ALL ON FUNCTION embeddings.make_index(tenant uuid, model text) TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.cells TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.cluster_members TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.cluster_runs TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.clusters TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.documents TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.feed_cursors TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.idempotency_keys TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.jobs TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.lexicons TO embeddings;

GRANT SELECT ON TABLE embeddings.migrations TO embeddings;

GRANT SELECT,INSERT ON TABLE embeddings.ml_model_events TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.ml_models TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.models TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.postings TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.spent_tokens TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_0 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_1 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_10 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_11 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_12 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_13 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_14 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_15 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_2 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_3 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_4 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_5 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_6 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_7 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_8 TO embeddings;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embeddings.vectors_9 TO embeddings;

ALTER DEFAULT PRIVILEGES FOR ROLE embeddings_owner IN SCHEMA embeddings GRANT SELECT,USAGE ON SEQUENCES TO embeddings;

ALTER DEFAULT PRIVILEGES FOR ROLE embeddings_owner IN SCHEMA embeddings GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO embeddings;
