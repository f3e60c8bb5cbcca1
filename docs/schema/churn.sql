CREATE SCHEMA churn;
ALTER SCHEMA churn OWNER TO churn_owner;

CREATE FUNCTION churn.analyze_scores() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'churn', 'public', 'pg_temp'
    SET lock_timeout TO '30s'
    AS $$
BEGIN
    ANALYZE scores (workspace_id, run_id, ego_id, contact_id, state, probability);
END
$$;
ALTER FUNCTION churn.analyze_scores() OWNER TO churn_owner;

CREATE TABLE churn.feed_cursors (
    workspace_id uuid NOT NULL,
    transaction xid8 NOT NULL,
    seq bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY churn.feed_cursors FORCE ROW LEVEL SECURITY;
ALTER TABLE churn.feed_cursors OWNER TO churn_owner;

CREATE TABLE churn.feedback (
    workspace_id uuid NOT NULL,
    event_id uuid NOT NULL,
    ego_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    action text NOT NULL,
    until timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    user_id uuid,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT feedback_action_check CHECK ((action = ANY (ARRAY['snooze'::text, 'not_at_risk'::text])))
);

ALTER TABLE ONLY churn.feedback FORCE ROW LEVEL SECURITY;
ALTER TABLE churn.feedback OWNER TO churn_owner;

CREATE TABLE churn.history (
    workspace_id uuid NOT NULL,
    ego_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    facts_as_of timestamp with time zone NOT NULL,
    state text NOT NULL,
    probability real,
    horizon_days real NOT NULL,
    model_version text NOT NULL
);

ALTER TABLE ONLY churn.history FORCE ROW LEVEL SECURITY;
ALTER TABLE churn.history OWNER TO churn_owner;

CREATE TABLE churn.idempotency_keys (
    workspace_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    claim uuid NOT NULL,
    fingerprint bytea,
    status smallint,
    headers jsonb,
    body bytea,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY churn.idempotency_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE churn.idempotency_keys OWNER TO churn_owner;

CREATE TABLE churn.jobs (
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

ALTER TABLE ONLY churn.jobs FORCE ROW LEVEL SECURITY;
ALTER TABLE churn.jobs OWNER TO churn_owner;

CREATE TABLE churn.migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE churn.migrations OWNER TO churn_owner;

CREATE TABLE churn.ml_model_events (
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

ALTER TABLE ONLY churn.ml_model_events FORCE ROW LEVEL SECURITY;
ALTER TABLE churn.ml_model_events OWNER TO churn_owner;

CREATE TABLE churn.ml_models (
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

ALTER TABLE ONLY churn.ml_models FORCE ROW LEVEL SECURITY;
ALTER TABLE churn.ml_models OWNER TO churn_owner;

CREATE TABLE churn.runs (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    state text NOT NULL,
    model_name text NOT NULL,
    model_version text NOT NULL,
    model_kind text NOT NULL,
    features text[] NOT NULL,
    codes text[] NOT NULL,
    own_snapshot jsonb,
    pair_snapshot jsonb,
    after_ego_id uuid,
    after_id uuid,
    ties bigint DEFAULT 0 NOT NULL,
    own_ties bigint DEFAULT 0 NOT NULL,
    report jsonb,
    facts_as_of timestamp with time zone NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'current'::text, 'past'::text])))
);

ALTER TABLE ONLY churn.runs FORCE ROW LEVEL SECURITY;
ALTER TABLE churn.runs OWNER TO churn_owner;

CREATE TABLE churn.scores (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    ego_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    state text NOT NULL,
    probability real,
    horizon_days real NOT NULL,
    interactions integer NOT NULL,
    days_since_last real,
    usual_gap_days real,
    features real[] NOT NULL,
    shown real[] NOT NULL,
    compared real[] NOT NULL,
    base real,
    contributions real[] NOT NULL,
    facts_as_of timestamp with time zone NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT scores_check CHECK (((probability IS NULL) = (state = 'insufficient_data'::text))),
    CONSTRAINT scores_probability_check CHECK (((probability > (0)::double precision) AND (probability < (1)::double precision))),
    CONSTRAINT scores_state_check CHECK ((state = ANY (ARRAY['active'::text, 'lost'::text, 'insufficient_data'::text])))
);

ALTER TABLE ONLY churn.scores FORCE ROW LEVEL SECURITY;
ALTER TABLE churn.scores OWNER TO churn_owner;

ALTER TABLE ONLY churn.feed_cursors
    ADD CONSTRAINT feed_cursors_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY churn.feedback
    ADD CONSTRAINT feedback_pkey PRIMARY KEY (workspace_id, event_id);

ALTER TABLE ONLY churn.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (workspace_id, contact_id, ego_id, facts_as_of);

ALTER TABLE ONLY churn.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, key_hash);

ALTER TABLE ONLY churn.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY churn.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY churn.ml_model_events
    ADD CONSTRAINT ml_model_events_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY churn.ml_models
    ADD CONSTRAINT ml_models_pkey PRIMARY KEY (workspace_id, name, version);

ALTER TABLE ONLY churn.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (workspace_id, run_id);

ALTER TABLE ONLY churn.scores
    ADD CONSTRAINT scores_pkey PRIMARY KEY (workspace_id, run_id, ego_id, contact_id);

CREATE INDEX feedback_ego ON churn.feedback USING btree (workspace_id, ego_id);

CREATE INDEX feedback_tie ON churn.feedback USING btree (workspace_id, contact_id, ego_id, until);

CREATE INDEX history_ego ON churn.history USING btree (workspace_id, ego_id);

CREATE INDEX history_oldest ON churn.history USING btree (workspace_id, facts_as_of);

CREATE INDEX idempotency_keys_expiry ON churn.idempotency_keys USING btree (workspace_id, expires_at);

CREATE INDEX jobs_newest ON churn.jobs USING btree (workspace_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX jobs_waiting ON churn.jobs USING btree (workspace_id, unique_key) WHERE (state = 'queued'::text);

CREATE INDEX ml_model_events_newest ON churn.ml_model_events USING btree (workspace_id, name, happened_at DESC, id DESC);

CREATE UNIQUE INDEX ml_models_serving ON churn.ml_models USING btree (workspace_id, name) WHERE (state = 'serving'::text);

CREATE UNIQUE INDEX runs_current ON churn.runs USING btree (workspace_id) WHERE (state = 'current'::text);

CREATE INDEX scores_contact ON churn.scores USING btree (workspace_id, contact_id);

CREATE INDEX scores_ego ON churn.scores USING btree (workspace_id, ego_id);

CREATE INDEX scores_ranked ON churn.scores USING btree (workspace_id, run_id, ego_id, state, probability DESC NULLS LAST, contact_id);

ALTER TABLE ONLY churn.scores
    ADD CONSTRAINT scores_workspace_id_run_id_fkey FOREIGN KEY (workspace_id, run_id) REFERENCES churn.runs(workspace_id, run_id) ON DELETE CASCADE;

ALTER TABLE churn.feed_cursors ENABLE ROW LEVEL SECURITY;

ALTER TABLE churn.feedback ENABLE ROW LEVEL SECURITY;

ALTER TABLE churn.history ENABLE ROW LEVEL SECURITY;

ALTER TABLE churn.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE churn.jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE churn.ml_model_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE churn.ml_models ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_workspace ON churn.feed_cursors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON churn.feedback USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON churn.history USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON churn.idempotency_keys USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON churn.jobs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON churn.ml_model_events USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON churn.ml_models USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON churn.runs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON churn.scores USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

ALTER TABLE churn.runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE churn.scores ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA churn TO churn;

REVOKE ALL ON FUNCTION churn.analyze_scores() FROM PUBLIC;
GRANT ALL ON FUNCTION churn.analyze_scores() TO churn;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE churn.feed_cursors TO churn;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE churn.feedback TO churn;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE churn.history TO churn;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE churn.idempotency_keys TO churn;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE churn.jobs TO churn;

GRANT SELECT ON TABLE churn.migrations TO churn;

GRANT SELECT,INSERT ON TABLE churn.ml_model_events TO churn;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE churn.ml_models TO churn;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE churn.runs TO churn;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE churn.scores TO churn;

ALTER DEFAULT PRIVILEGES FOR ROLE churn_owner IN SCHEMA churn GRANT SELECT,USAGE ON SEQUENCES TO churn;

ALTER DEFAULT PRIVILEGES FOR ROLE churn_owner IN SCHEMA churn GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO churn;
