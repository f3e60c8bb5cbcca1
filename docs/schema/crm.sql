CREATE SCHEMA crm;
ALTER SCHEMA crm OWNER TO crm_owner;

CREATE SCHEMA crm_store;
ALTER SCHEMA crm_store OWNER TO crm_owner;

CREATE FUNCTION crm.list_workspaces(since xid8 DEFAULT '0'::xid8) RETURNS TABLE(id uuid, locale text, timezone text, pooled_training boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
    SELECT w.id, w.locale, w.timezone, w.pooled_training FROM workspaces w WHERE w.last_write >= since
$$;
ALTER FUNCTION crm.list_workspaces(since xid8) OWNER TO workspace_lister;

CREATE FUNCTION crm_store.drop_file() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
BEGIN
    DELETE FROM import_chunks WHERE workspace_id = NEW.workspace_id AND job_id = NEW.id;
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.drop_file() OWNER TO crm_owner;

CREATE FUNCTION crm_store.record_changes() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO changes (workspace_id, kind, entity_id, op)
    SELECT touched.workspace_id, TG_ARGV[0], touched.id, lower(TG_OP) FROM touched;
    PERFORM pg_notify('crm_changes', '');
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.record_changes() OWNER TO crm_owner;

CREATE FUNCTION crm_store.record_contact_versions() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
DECLARE
    written_at CONSTANT timestamptz := clock_timestamp();
BEGIN
    INSERT INTO contact_versions SELECT written_at, nextval('change_seq'), touched.* FROM touched;
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.record_contact_versions() OWNER TO crm_owner;

CREATE SEQUENCE crm_store.change_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE crm_store.change_seq OWNER TO crm_owner;

CREATE TABLE crm_store.changes (
    workspace_id uuid NOT NULL,
    transaction xid8 DEFAULT pg_current_xact_id() NOT NULL,
    seq bigint DEFAULT nextval('crm_store.change_seq'::regclass) NOT NULL,
    kind text NOT NULL,
    entity_id uuid NOT NULL,
    op text NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT changes_op_check CHECK ((op = ANY (ARRAY['insert'::text, 'update'::text, 'delete'::text])))
);

ALTER TABLE ONLY crm_store.changes FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.changes OWNER TO crm_owner;

CREATE VIEW crm.changes AS
 SELECT workspace_id,
    transaction,
    seq,
    kind,
    entity_id,
    op,
    recorded_at
   FROM crm_store.changes;
ALTER VIEW crm.changes OWNER TO crm_owner;

CREATE TABLE crm_store.contact_versions (
    valid_from timestamp with time zone NOT NULL,
    version bigint DEFAULT nextval('crm_store.change_seq'::regclass) NOT NULL,
    workspace_id uuid CONSTRAINT contacts_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT contacts_id_not_null NOT NULL,
    source text CONSTRAINT contacts_source_not_null NOT NULL,
    external_id text,
    first_name text CONSTRAINT contacts_first_name_not_null NOT NULL,
    last_name text CONSTRAINT contacts_last_name_not_null NOT NULL,
    organization text,
    title text,
    emails text[] CONSTRAINT contacts_emails_not_null NOT NULL,
    phones text[] CONSTRAINT contacts_phones_not_null NOT NULL,
    urls text[] CONSTRAINT contacts_urls_not_null NOT NULL,
    tags text[] CONSTRAINT contacts_tags_not_null NOT NULL,
    notes text,
    account_id uuid,
    influence_score double precision,
    community_id integer,
    custom jsonb CONSTRAINT contacts_custom_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT contacts_created_at_not_null NOT NULL,
    updated_at timestamp with time zone CONSTRAINT contacts_updated_at_not_null NOT NULL,
    archived_at timestamp with time zone,
    recorded_at timestamp with time zone CONSTRAINT contacts_recorded_at_not_null NOT NULL
);

ALTER TABLE ONLY crm_store.contact_versions FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.contact_versions OWNER TO crm_owner;

CREATE VIEW crm.contact_versions AS
 SELECT workspace_id,
    id,
    version,
    valid_from,
    source,
    external_id,
    first_name,
    last_name,
    organization,
    title,
    emails,
    phones,
    urls,
    tags,
    notes,
    account_id,
    influence_score,
    community_id,
    custom,
    created_at,
    updated_at,
    archived_at,
    recorded_at
   FROM crm_store.contact_versions;
ALTER VIEW crm.contact_versions OWNER TO crm_owner;

CREATE TABLE crm_store.contacts (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    external_id text,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    organization text,
    title text,
    emails text[] DEFAULT '{}'::text[] NOT NULL,
    phones text[] DEFAULT '{}'::text[] NOT NULL,
    urls text[] DEFAULT '{}'::text[] NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    notes text,
    account_id uuid,
    influence_score double precision,
    community_id integer,
    custom jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    archived_at timestamp with time zone,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contacts_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
    CONSTRAINT contacts_emails_check CHECK ((cardinality(emails) <= 50)),
    CONSTRAINT contacts_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT contacts_first_name_check CHECK ((length(first_name) <= 200)),
    CONSTRAINT contacts_influence_score_check CHECK (((influence_score >= (0)::double precision) AND (influence_score <= (1)::double precision))),
    CONSTRAINT contacts_last_name_check CHECK ((length(last_name) <= 200)),
    CONSTRAINT contacts_notes_check CHECK ((length(notes) <= 20000)),
    CONSTRAINT contacts_organization_check CHECK ((length(organization) <= 300)),
    CONSTRAINT contacts_phones_check CHECK ((cardinality(phones) <= 50)),
    CONSTRAINT contacts_source_check CHECK (((length(source) >= 1) AND (length(source) <= 50))),
    CONSTRAINT contacts_tags_check CHECK ((cardinality(tags) <= 100)),
    CONSTRAINT contacts_title_check CHECK ((length(title) <= 300)),
    CONSTRAINT contacts_urls_check CHECK ((cardinality(urls) <= 50))
);

ALTER TABLE ONLY crm_store.contacts FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.contacts OWNER TO crm_owner;

CREATE VIEW crm.contacts AS
 SELECT workspace_id,
    id,
    source,
    external_id,
    first_name,
    last_name,
    organization,
    title,
    emails,
    phones,
    urls,
    tags,
    notes,
    account_id,
    influence_score,
    community_id,
    custom,
    created_at,
    updated_at,
    archived_at,
    recorded_at
   FROM crm_store.contacts;
ALTER VIEW crm.contacts OWNER TO crm_owner;

CREATE TABLE crm_store.users (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    external_id text,
    contact_id uuid,
    name text DEFAULT ''::text NOT NULL,
    email text,
    role text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_email_check CHECK ((length(email) <= 320)),
    CONSTRAINT users_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT users_name_check CHECK ((length(name) <= 200)),
    CONSTRAINT users_role_check CHECK ((length(role) <= 100)),
    CONSTRAINT users_source_check CHECK (((length(source) >= 1) AND (length(source) <= 50)))
);

ALTER TABLE ONLY crm_store.users FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.users OWNER TO crm_owner;

CREATE VIEW crm.users AS
 SELECT workspace_id,
    id,
    source,
    external_id,
    contact_id,
    name,
    email,
    role,
    created_at,
    updated_at,
    recorded_at
   FROM crm_store.users;
ALTER VIEW crm.users OWNER TO crm_owner;

CREATE TABLE crm_store.workspaces (
    id uuid NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL,
    timezone text DEFAULT 'UTC'::text NOT NULL,
    pooled_training boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_write xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT workspaces_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'ru'::text]))),
    CONSTRAINT workspaces_name_check CHECK ((length(name) <= 200)),
    CONSTRAINT workspaces_timezone_check CHECK ((length(timezone) <= 64))
);

ALTER TABLE ONLY crm_store.workspaces FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.workspaces OWNER TO crm_owner;

CREATE VIEW crm.workspaces AS
 SELECT id,
    name,
    locale,
    timezone,
    pooled_training
   FROM crm_store.workspaces;
ALTER VIEW crm.workspaces OWNER TO crm_owner;

CREATE TABLE crm_store.feed_cursors (
    workspace_id uuid NOT NULL,
    transaction xid8 NOT NULL,
    seq bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY crm_store.feed_cursors FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.feed_cursors OWNER TO crm_owner;

CREATE TABLE crm_store.import_chunks (
    workspace_id uuid NOT NULL,
    job_id uuid NOT NULL,
    number integer NOT NULL,
    bytes bytea NOT NULL
);

ALTER TABLE ONLY crm_store.import_chunks FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.import_chunks OWNER TO crm_owner;

CREATE TABLE crm_store.jobs (
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

ALTER TABLE ONLY crm_store.jobs FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.jobs OWNER TO crm_owner;

CREATE TABLE crm_store.migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE crm_store.migrations OWNER TO crm_owner;

ALTER TABLE ONLY crm_store.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (workspace_id, transaction, seq);

ALTER TABLE ONLY crm_store.contact_versions
    ADD CONSTRAINT contact_versions_pkey PRIMARY KEY (workspace_id, id, version);

ALTER TABLE ONLY crm_store.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.feed_cursors
    ADD CONSTRAINT feed_cursors_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY crm_store.import_chunks
    ADD CONSTRAINT import_chunks_pkey PRIMARY KEY (workspace_id, job_id, number);

ALTER TABLE ONLY crm_store.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY crm_store.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.workspaces
    ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);

CREATE UNIQUE INDEX contacts_reference ON crm_store.contacts USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX jobs_newest ON crm_store.jobs USING btree (workspace_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX jobs_waiting ON crm_store.jobs USING btree (workspace_id, unique_key) WHERE (state = 'queued'::text);

CREATE INDEX users_contact ON crm_store.users USING btree (workspace_id, contact_id);

CREATE UNIQUE INDEX users_reference ON crm_store.users USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE TRIGGER changes_delete AFTER DELETE ON crm_store.contacts REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('contacts');

CREATE TRIGGER changes_delete AFTER DELETE ON crm_store.users REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('users');

CREATE TRIGGER changes_insert AFTER INSERT ON crm_store.contacts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('contacts');

CREATE TRIGGER changes_insert AFTER INSERT ON crm_store.users REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('users');

CREATE TRIGGER changes_update AFTER UPDATE ON crm_store.contacts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('contacts');

CREATE TRIGGER changes_update AFTER UPDATE ON crm_store.users REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('users');

CREATE TRIGGER file_of_ended_import AFTER UPDATE OF state ON crm_store.jobs FOR EACH ROW WHEN (((new.kind = 'import'::text) AND (new.state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text])))) EXECUTE FUNCTION crm_store.drop_file();

CREATE TRIGGER versions_of_changed AFTER UPDATE ON crm_store.contacts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_contact_versions();

CREATE TRIGGER versions_of_new AFTER INSERT ON crm_store.contacts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_contact_versions();

ALTER TABLE ONLY crm_store.contact_versions
    ADD CONSTRAINT contact_versions_workspace_id_id_fkey FOREIGN KEY (workspace_id, id) REFERENCES crm_store.contacts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.contacts
    ADD CONSTRAINT contacts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.import_chunks
    ADD CONSTRAINT import_chunks_workspace_id_job_id_fkey FOREIGN KEY (workspace_id, job_id) REFERENCES crm_store.jobs(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.users
    ADD CONSTRAINT users_workspace_id_contact_id_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES crm_store.contacts(workspace_id, id) ON DELETE SET NULL (contact_id);

ALTER TABLE ONLY crm_store.users
    ADD CONSTRAINT users_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE crm_store.changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.contact_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.feed_cursors ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.import_chunks ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.jobs ENABLE ROW LEVEL SECURITY;

CREATE POLICY listing ON crm_store.workspaces FOR SELECT TO workspace_lister USING (true);

CREATE POLICY own_workspace ON crm_store.changes USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.contact_versions USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.contacts USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.feed_cursors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.import_chunks USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.jobs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.users USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.workspaces USING ((id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

ALTER TABLE crm_store.users ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.workspaces ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA crm TO crm;
GRANT USAGE ON SCHEMA crm TO crm_reader;
GRANT ALL ON SCHEMA crm TO workspace_lister;

GRANT USAGE ON SCHEMA crm_store TO crm;
GRANT USAGE ON SCHEMA crm_store TO workspace_lister;

REVOKE ALL ON FUNCTION crm.list_workspaces(since xid8) FROM PUBLIC;
GRANT ALL ON FUNCTION crm.list_workspaces(since xid8) TO crm_reader;

GRANT SELECT,USAGE ON SEQUENCE crm_store.change_seq TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.changes TO crm;

GRANT SELECT ON TABLE crm.changes TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.contact_versions TO crm;

GRANT SELECT ON TABLE crm.contact_versions TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.contacts TO crm;

GRANT SELECT ON TABLE crm.contacts TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.users TO crm;

GRANT SELECT ON TABLE crm.users TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.workspaces TO crm;
GRANT SELECT ON TABLE crm_store.workspaces TO workspace_lister;

GRANT SELECT ON TABLE crm.workspaces TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.feed_cursors TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.import_chunks TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.jobs TO crm;

GRANT SELECT ON TABLE crm_store.migrations TO crm;

ALTER DEFAULT PRIVILEGES FOR ROLE crm_owner IN SCHEMA crm_store GRANT SELECT,USAGE ON SEQUENCES TO crm;

ALTER DEFAULT PRIVILEGES FOR ROLE crm_owner IN SCHEMA crm_store GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO crm;
