-- Contacts, the row as it stood at each moment, and the users who work with them.
CREATE TABLE contacts (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    source text NOT NULL DEFAULT 'api' CHECK (length(source) BETWEEN 1 AND 50),
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    first_name text NOT NULL DEFAULT '' CHECK (length(first_name) <= 200),
    last_name text NOT NULL DEFAULT '' CHECK (length(last_name) <= 200),
    organization text CHECK (length(organization) <= 300),
    title text CHECK (length(title) <= 300),
    emails text[] NOT NULL DEFAULT '{}' CHECK (cardinality(emails) <= 50),
    phones text[] NOT NULL DEFAULT '{}' CHECK (cardinality(phones) <= 50),
    urls text[] NOT NULL DEFAULT '{}' CHECK (cardinality(urls) <= 50),
    tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 100),
    notes text CHECK (length(notes) <= 20000),
    account_id uuid,
    influence_score double precision CHECK (influence_score BETWEEN 0 AND 1),
    community_id integer,
    custom jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(custom) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    archived_at timestamptz,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id)
);

CREATE UNIQUE INDEX contacts_reference ON contacts (workspace_id, source, external_id) WHERE external_id IS NOT NULL;

-- `valid_from` and `version` come first, so that a column added to contacts can be added here at the same end.
CREATE TABLE contact_versions (
    valid_from timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT nextval('change_seq'),
    LIKE contacts,
    PRIMARY KEY (workspace_id, id, version),
    FOREIGN KEY (workspace_id, id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE users (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    source text NOT NULL DEFAULT 'api' CHECK (length(source) BETWEEN 1 AND 50),
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    contact_id uuid,
    name text NOT NULL DEFAULT '' CHECK (length(name) <= 200),
    email text CHECK (length(email) <= 320),
    role text CHECK (length(role) <= 100),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE SET NULL (contact_id)
);

CREATE UNIQUE INDEX users_reference ON users (workspace_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX users_contact ON users (workspace_id, contact_id);

ALTER TABLE contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON contacts
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE contact_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON contact_versions
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON users
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

-- The clock is read once the workspace's write lock is held: versions of one row are in the order they were written.
CREATE FUNCTION record_contact_versions() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
DECLARE
    written_at CONSTANT timestamptz := clock_timestamp();
BEGIN
    INSERT INTO contact_versions SELECT written_at, nextval('change_seq'), touched.* FROM touched;
    RETURN NULL;
END
$$;

CREATE TRIGGER versions_of_new AFTER INSERT ON contacts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_contact_versions();
CREATE TRIGGER versions_of_changed AFTER UPDATE ON contacts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_contact_versions();

CREATE TRIGGER changes_insert AFTER INSERT ON contacts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('contacts');
CREATE TRIGGER changes_update AFTER UPDATE ON contacts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('contacts');
CREATE TRIGGER changes_delete AFTER DELETE ON contacts
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('contacts');

CREATE TRIGGER changes_insert AFTER INSERT ON users
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('users');
CREATE TRIGGER changes_update AFTER UPDATE ON users
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('users');
CREATE TRIGGER changes_delete AFTER DELETE ON users
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('users');

CREATE VIEW crm.contacts AS
SELECT workspace_id, id, source, external_id, first_name, last_name, organization, title, emails, phones, urls, tags,
       notes, account_id, influence_score, community_id, custom, created_at, updated_at, archived_at, recorded_at
FROM contacts;

CREATE VIEW crm.contact_versions AS
SELECT workspace_id, id, version, valid_from, source, external_id, first_name, last_name, organization, title, emails,
       phones, urls, tags, notes, account_id, influence_score, community_id, custom, created_at, updated_at,
       archived_at, recorded_at
FROM contact_versions;

CREATE VIEW crm.users AS
SELECT workspace_id, id, source, external_id, contact_id, name, email, role, created_at, updated_at, recorded_at
FROM users;

GRANT SELECT ON crm.contacts, crm.contact_versions, crm.users TO crm_reader;
