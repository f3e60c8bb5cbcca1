CREATE SCHEMA recommend;
ALTER SCHEMA recommend OWNER TO recommend_owner;

CREATE TABLE recommend.feed_cursors (
    workspace_id uuid NOT NULL,
    transaction xid8 NOT NULL,
    seq bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY recommend.feed_cursors FORCE ROW LEVEL SECURITY;
ALTER TABLE recommend.feed_cursors OWNER TO recommend_owner;

CREATE TABLE recommend.feedback (
    workspace_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL,
    contact_id uuid NOT NULL,
    target_id uuid NOT NULL,
    action text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    user_id uuid,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT feedback_action_check CHECK ((action = ANY (ARRAY['connect'::text, 'dismiss'::text]))),
    CONSTRAINT feedback_kind_check CHECK ((kind = 'contact'::text))
);

ALTER TABLE ONLY recommend.feedback FORCE ROW LEVEL SECURITY;
ALTER TABLE recommend.feedback OWNER TO recommend_owner;

CREATE TABLE recommend.idempotency_keys (
    workspace_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    claim uuid NOT NULL,
    fingerprint bytea,
    status smallint,
    headers jsonb,
    body bytea,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY recommend.idempotency_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE recommend.idempotency_keys OWNER TO recommend_owner;

CREATE TABLE recommend.jobs (
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

ALTER TABLE ONLY recommend.jobs FORCE ROW LEVEL SECURITY;
ALTER TABLE recommend.jobs OWNER TO recommend_owner;

CREATE TABLE recommend.migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE recommend.migrations OWNER TO recommend_owner;

CREATE TABLE recommend.ml_model_events (
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

ALTER TABLE ONLY recommend.ml_model_events FORCE ROW LEVEL SECURITY;
ALTER TABLE recommend.ml_model_events OWNER TO recommend_owner;

CREATE TABLE recommend.ml_models (
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

ALTER TABLE ONLY recommend.ml_models FORCE ROW LEVEL SECURITY;
ALTER TABLE recommend.ml_models OWNER TO recommend_owner;

CREATE TABLE recommend.people (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    rank smallint NOT NULL,
    candidate_id uuid NOT NULL,
    raw real NOT NULL,
    mutual integer NOT NULL,
    semantic_similarity real,
    influence real,
    same_organization real,
    base real NOT NULL,
    share_values real[] NOT NULL,
    comparisons real[] NOT NULL,
    contributions real[] NOT NULL
);

ALTER TABLE ONLY recommend.people FORCE ROW LEVEL SECURITY;
ALTER TABLE recommend.people OWNER TO recommend_owner;

CREATE TABLE recommend.people_outdated (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    marked_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY recommend.people_outdated FORCE ROW LEVEL SECURITY;
ALTER TABLE recommend.people_outdated OWNER TO recommend_owner;

CREATE TABLE recommend.people_runs (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    state text NOT NULL,
    model_name text NOT NULL,
    model_version text NOT NULL,
    model_kind text NOT NULL,
    link text NOT NULL,
    codes text[] NOT NULL,
    histogram bytea NOT NULL,
    after_id uuid,
    contacts integer DEFAULT 0 NOT NULL,
    candidates bigint DEFAULT 0 NOT NULL,
    degraded boolean DEFAULT false NOT NULL,
    facts_as_of timestamp with time zone NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT people_runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'current'::text])))
);

ALTER TABLE ONLY recommend.people_runs FORCE ROW LEVEL SECURITY;
ALTER TABLE recommend.people_runs OWNER TO recommend_owner;

ALTER TABLE ONLY recommend.feed_cursors
    ADD CONSTRAINT feed_cursors_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY recommend.feedback
    ADD CONSTRAINT feedback_pkey PRIMARY KEY (workspace_id, event_id);

ALTER TABLE ONLY recommend.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, key_hash);

ALTER TABLE ONLY recommend.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY recommend.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY recommend.ml_model_events
    ADD CONSTRAINT ml_model_events_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY recommend.ml_models
    ADD CONSTRAINT ml_models_pkey PRIMARY KEY (workspace_id, name, version);

ALTER TABLE ONLY recommend.people_outdated
    ADD CONSTRAINT people_outdated_pkey PRIMARY KEY (workspace_id, contact_id);

ALTER TABLE ONLY recommend.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (workspace_id, run_id, contact_id, rank);

ALTER TABLE ONLY recommend.people_runs
    ADD CONSTRAINT people_runs_pkey PRIMARY KEY (workspace_id, run_id);

CREATE INDEX feedback_contact ON recommend.feedback USING btree (workspace_id, contact_id, target_id);

CREATE INDEX feedback_target ON recommend.feedback USING btree (workspace_id, target_id);

CREATE INDEX idempotency_keys_expiry ON recommend.idempotency_keys USING btree (workspace_id, expires_at);

CREATE INDEX jobs_newest ON recommend.jobs USING btree (workspace_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX jobs_waiting ON recommend.jobs USING btree (workspace_id, unique_key) WHERE (state = 'queued'::text);

CREATE INDEX ml_model_events_newest ON recommend.ml_model_events USING btree (workspace_id, name, happened_at DESC, id DESC);

CREATE UNIQUE INDEX ml_models_serving ON recommend.ml_models USING btree (workspace_id, name) WHERE (state = 'serving'::text);

CREATE INDEX people_candidate ON recommend.people USING btree (workspace_id, candidate_id);

CREATE INDEX people_contact ON recommend.people USING btree (workspace_id, contact_id, candidate_id);

CREATE UNIQUE INDEX people_runs_current ON recommend.people_runs USING btree (workspace_id) WHERE (state = 'current'::text);

ALTER TABLE ONLY recommend.people
    ADD CONSTRAINT people_workspace_id_run_id_fkey FOREIGN KEY (workspace_id, run_id) REFERENCES recommend.people_runs(workspace_id, run_id) ON DELETE CASCADE;

ALTER TABLE recommend.feed_cursors ENABLE ROW LEVEL SECURITY;

ALTER TABLE recommend.feedback ENABLE ROW LEVEL SECURITY;

ALTER TABLE recommend.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE recommend.jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE recommend.ml_model_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE recommend.ml_models ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_workspace ON recommend.feed_cursors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON recommend.feedback USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON recommend.idempotency_keys USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON recommend.jobs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON recommend.ml_model_events USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON recommend.ml_models USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON recommend.people USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON recommend.people_outdated USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON recommend.people_runs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

ALTER TABLE recommend.people ENABLE ROW LEVEL SECURITY;

ALTER TABLE recommend.people_outdated ENABLE ROW LEVEL SECURITY;

ALTER TABLE recommend.people_runs ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA recommend TO recommend;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE recommend.feed_cursors TO recommend;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE recommend.feedback TO recommend;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE recommend.idempotency_keys TO recommend;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE recommend.jobs TO recommend;

GRANT SELECT ON TABLE recommend.migrations TO recommend;

GRANT SELECT,INSERT ON TABLE recommend.ml_model_events TO recommend;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE recommend.ml_models TO recommend;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE recommend.people TO recommend;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE recommend.people_outdated TO recommend;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE recommend.people_runs TO recommend;

ALTER DEFAULT PRIVILEGES FOR ROLE recommend_owner IN SCHEMA recommend GRANT SELECT,USAGE ON SEQUENCES TO recommend;

ALTER DEFAULT PRIVILEGES FOR ROLE recommend_owner IN SCHEMA recommend GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO recommend;
