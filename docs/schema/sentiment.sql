CREATE SCHEMA sentiment;
ALTER SCHEMA sentiment OWNER TO sentiment_owner;

CREATE TABLE sentiment.corrections (
    workspace_id uuid NOT NULL,
    correction_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    label text NOT NULL,
    given real,
    corrected_at timestamp with time zone DEFAULT now() NOT NULL,
    user_id uuid,
    CONSTRAINT corrections_label_check CHECK ((label = ANY (ARRAY['Very Positive'::text, 'Positive'::text, 'Neutral'::text, 'Negative'::text, 'Very Negative'::text])))
);

ALTER TABLE ONLY sentiment.corrections FORCE ROW LEVEL SECURITY;
ALTER TABLE sentiment.corrections OWNER TO sentiment_owner;

CREATE TABLE sentiment.feed_cursors (
    workspace_id uuid NOT NULL,
    transaction xid8 NOT NULL,
    seq bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY sentiment.feed_cursors FORCE ROW LEVEL SECURITY;
ALTER TABLE sentiment.feed_cursors OWNER TO sentiment_owner;

CREATE TABLE sentiment.history (
    workspace_id uuid NOT NULL,
    week date NOT NULL,
    contact_id uuid NOT NULL,
    overall real NOT NULL,
    CONSTRAINT history_overall_check CHECK (((overall >= ('-1'::integer)::double precision) AND (overall <= (1)::double precision)))
);

ALTER TABLE ONLY sentiment.history FORCE ROW LEVEL SECURITY;
ALTER TABLE sentiment.history OWNER TO sentiment_owner;

CREATE TABLE sentiment.idempotency_keys (
    workspace_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    claim uuid NOT NULL,
    fingerprint bytea,
    status smallint,
    headers jsonb,
    body bytea,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY sentiment.idempotency_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE sentiment.idempotency_keys OWNER TO sentiment_owner;

CREATE TABLE sentiment.jobs (
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

ALTER TABLE ONLY sentiment.jobs FORCE ROW LEVEL SECURITY;
ALTER TABLE sentiment.jobs OWNER TO sentiment_owner;

CREATE TABLE sentiment.lexicon (
    workspace_id uuid NOT NULL,
    tag text NOT NULL,
    value real NOT NULL,
    CONSTRAINT lexicon_tag_check CHECK (((length(tag) >= 1) AND (length(tag) <= 100))),
    CONSTRAINT lexicon_value_check CHECK (((value >= ('-1'::integer)::double precision) AND (value <= (1)::double precision)))
);

ALTER TABLE ONLY sentiment.lexicon FORCE ROW LEVEL SECURITY;
ALTER TABLE sentiment.lexicon OWNER TO sentiment_owner;

CREATE TABLE sentiment.migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE sentiment.migrations OWNER TO sentiment_owner;

CREATE TABLE sentiment.ml_model_events (
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

ALTER TABLE ONLY sentiment.ml_model_events FORCE ROW LEVEL SECURITY;
ALTER TABLE sentiment.ml_model_events OWNER TO sentiment_owner;

CREATE TABLE sentiment.ml_models (
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

ALTER TABLE ONLY sentiment.ml_models FORCE ROW LEVEL SECURITY;
ALTER TABLE sentiment.ml_models OWNER TO sentiment_owner;

CREATE TABLE sentiment.runs (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    state text NOT NULL,
    model_version text NOT NULL,
    model_kind text NOT NULL,
    weeks_back smallint NOT NULL,
    after_id uuid,
    contacts integer DEFAULT 0 NOT NULL,
    facts_as_of timestamp with time zone NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'current'::text])))
);

ALTER TABLE ONLY sentiment.runs FORCE ROW LEVEL SECURITY;
ALTER TABLE sentiment.runs OWNER TO sentiment_owner;

CREATE TABLE sentiment.tones (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    overall real NOT NULL,
    tags real,
    notes real,
    interactions real,
    tags_confidence real,
    notes_confidence real,
    interactions_confidence real,
    CONSTRAINT tones_overall_check CHECK (((overall >= ('-1'::integer)::double precision) AND (overall <= (1)::double precision)))
);

ALTER TABLE ONLY sentiment.tones FORCE ROW LEVEL SECURITY;
ALTER TABLE sentiment.tones OWNER TO sentiment_owner;

ALTER TABLE ONLY sentiment.corrections
    ADD CONSTRAINT corrections_pkey PRIMARY KEY (workspace_id, correction_id);

ALTER TABLE ONLY sentiment.feed_cursors
    ADD CONSTRAINT feed_cursors_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY sentiment.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (workspace_id, week, contact_id);

ALTER TABLE ONLY sentiment.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, key_hash);

ALTER TABLE ONLY sentiment.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY sentiment.lexicon
    ADD CONSTRAINT lexicon_pkey PRIMARY KEY (workspace_id, tag);

ALTER TABLE ONLY sentiment.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY sentiment.ml_model_events
    ADD CONSTRAINT ml_model_events_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY sentiment.ml_models
    ADD CONSTRAINT ml_models_pkey PRIMARY KEY (workspace_id, name, version);

ALTER TABLE ONLY sentiment.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (workspace_id, run_id);

ALTER TABLE ONLY sentiment.tones
    ADD CONSTRAINT tones_pkey PRIMARY KEY (workspace_id, run_id, contact_id);

CREATE INDEX corrections_contact ON sentiment.corrections USING btree (workspace_id, contact_id, corrected_at DESC);

CREATE INDEX history_contact ON sentiment.history USING btree (workspace_id, contact_id);

CREATE INDEX idempotency_keys_expiry ON sentiment.idempotency_keys USING btree (workspace_id, expires_at);

CREATE INDEX jobs_newest ON sentiment.jobs USING btree (workspace_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX jobs_waiting ON sentiment.jobs USING btree (workspace_id, unique_key) WHERE (state = 'queued'::text);

CREATE INDEX ml_model_events_newest ON sentiment.ml_model_events USING btree (workspace_id, name, happened_at DESC, id DESC);

CREATE UNIQUE INDEX ml_models_serving ON sentiment.ml_models USING btree (workspace_id, name) WHERE (state = 'serving'::text);

CREATE UNIQUE INDEX runs_current ON sentiment.runs USING btree (workspace_id) WHERE (state = 'current'::text);

CREATE INDEX tones_contact ON sentiment.tones USING btree (workspace_id, contact_id);

ALTER TABLE ONLY sentiment.tones
    ADD CONSTRAINT tones_workspace_id_run_id_fkey FOREIGN KEY (workspace_id, run_id) REFERENCES sentiment.runs(workspace_id, run_id) ON DELETE CASCADE;

ALTER TABLE sentiment.corrections ENABLE ROW LEVEL SECURITY;

ALTER TABLE sentiment.feed_cursors ENABLE ROW LEVEL SECURITY;

ALTER TABLE sentiment.history ENABLE ROW LEVEL SECURITY;

ALTER TABLE sentiment.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE sentiment.jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE sentiment.lexicon ENABLE ROW LEVEL SECURITY;

ALTER TABLE sentiment.ml_model_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE sentiment.ml_models ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_workspace ON sentiment.corrections USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON sentiment.feed_cursors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON sentiment.history USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON sentiment.idempotency_keys USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON sentiment.jobs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON sentiment.lexicon USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON sentiment.ml_model_events USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON sentiment.ml_models USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON sentiment.runs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON sentiment.tones USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

ALTER TABLE sentiment.runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE sentiment.tones ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA sentiment TO sentiment;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sentiment.corrections TO sentiment;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sentiment.feed_cursors TO sentiment;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sentiment.history TO sentiment;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sentiment.idempotency_keys TO sentiment;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sentiment.jobs TO sentiment;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sentiment.lexicon TO sentiment;

GRANT SELECT ON TABLE sentiment.migrations TO sentiment;

GRANT SELECT,INSERT ON TABLE sentiment.ml_model_events TO sentiment;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sentiment.ml_models TO sentiment;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sentiment.runs TO sentiment;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sentiment.tones TO sentiment;

ALTER DEFAULT PRIVILEGES FOR ROLE sentiment_owner IN SCHEMA sentiment GRANT SELECT,USAGE ON SEQUENCES TO sentiment;

ALTER DEFAULT PRIVILEGES FOR ROLE sentiment_owner IN SCHEMA sentiment GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO sentiment;
