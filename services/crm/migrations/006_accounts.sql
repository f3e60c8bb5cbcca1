-- Accounts, the row as it stood at each moment, what was observed of them, and what people did about them.
CREATE TABLE accounts (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    source text NOT NULL DEFAULT 'api' CHECK (length(source) BETWEEN 1 AND 50),
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    name text NOT NULL DEFAULT '' CHECK (length(name) <= 300),
    domain text CHECK (length(domain) <= 253),
    industry text CHECK (length(industry) <= 200),
    description text CHECK (length(description) <= 20000),
    tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 100),
    employee_count integer CHECK (employee_count >= 0),
    funding_stage text CHECK (length(funding_stage) <= 100),
    last_funding_at timestamptz,
    tech_stack text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tech_stack) <= 200),
    country text CHECK (length(country) <= 100),
    owner_user_id uuid,
    custom jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(custom) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, owner_user_id) REFERENCES users (workspace_id, id) ON DELETE SET NULL (owner_user_id)
);

CREATE UNIQUE INDEX accounts_reference ON accounts (workspace_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX accounts_domain ON accounts (workspace_id, domain) WHERE domain IS NOT NULL;
CREATE INDEX accounts_owner ON accounts (workspace_id, owner_user_id) WHERE owner_user_id IS NOT NULL;

-- `valid_from` and `version` come first, so that a column added to accounts can be added here at the same end.
CREATE TABLE account_versions (
    valid_from timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT nextval('change_seq'),
    LIKE accounts,
    PRIMARY KEY (workspace_id, id, version),
    FOREIGN KEY (workspace_id, id) REFERENCES accounts (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE account_signals (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    source text NOT NULL DEFAULT 'api' CHECK (length(source) BETWEEN 1 AND 50),
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    account_id uuid NOT NULL,
    observed_at timestamptz NOT NULL,
    engineering_role_count integer CHECK (engineering_role_count >= 0),
    has_open_engineering_roles boolean,
    total_open_roles integer CHECK (total_open_roles >= 0),
    has_engineering_blog boolean,
    extra jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(extra) = 'object'),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, account_id) REFERENCES accounts (workspace_id, id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX account_signals_reference
    ON account_signals (workspace_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX account_signals_newest ON account_signals (workspace_id, account_id, observed_at DESC);

CREATE TABLE research_runs (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    source text NOT NULL DEFAULT 'api' CHECK (length(source) BETWEEN 1 AND 50),
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    account_id uuid NOT NULL,
    user_id uuid,
    ran_at timestamptz NOT NULL,
    findings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(findings) = 'object'),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, account_id) REFERENCES accounts (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE SET NULL (user_id)
);

CREATE UNIQUE INDEX research_runs_reference
    ON research_runs (workspace_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX research_runs_newest ON research_runs (workspace_id, account_id, ran_at DESC);
CREATE INDEX research_runs_user ON research_runs (workspace_id, user_id) WHERE user_id IS NOT NULL;

CREATE TABLE user_interactions (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    source text NOT NULL DEFAULT 'api' CHECK (length(source) BETWEEN 1 AND 50),
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    user_id uuid NOT NULL,
    account_id uuid NOT NULL,
    action text NOT NULL CHECK (action IN (
        'view', 'click', 'save', 'dismiss', 'outreach', 'reply', 'meeting', 'qualified', 'disqualified', 'won', 'lost'
    )),
    occurred_at timestamptz NOT NULL,
    context jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(context) = 'object'),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, account_id) REFERENCES accounts (workspace_id, id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX user_interactions_reference
    ON user_interactions (workspace_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX user_interactions_account ON user_interactions (workspace_id, account_id, occurred_at);
CREATE INDEX user_interactions_user ON user_interactions (workspace_id, user_id, occurred_at);

ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON accounts
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE account_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON account_versions
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE account_signals ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_signals FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON account_signals
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE research_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE research_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON research_runs
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE user_interactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_interactions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON user_interactions
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

CREATE TRIGGER changes_insert AFTER INSERT ON accounts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('accounts');
CREATE TRIGGER changes_update AFTER UPDATE ON accounts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('accounts');
CREATE TRIGGER changes_delete AFTER DELETE ON accounts
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('accounts');

CREATE TRIGGER changes_insert AFTER INSERT ON account_signals
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('account_signals');
CREATE TRIGGER changes_update AFTER UPDATE ON account_signals
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('account_signals');
CREATE TRIGGER changes_delete AFTER DELETE ON account_signals
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('account_signals');

CREATE TRIGGER changes_insert AFTER INSERT ON research_runs
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('research_runs');
CREATE TRIGGER changes_update AFTER UPDATE ON research_runs
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('research_runs');
CREATE TRIGGER changes_delete AFTER DELETE ON research_runs
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('research_runs');

CREATE TRIGGER changes_insert AFTER INSERT ON user_interactions
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('user_interactions');
CREATE TRIGGER changes_update AFTER UPDATE ON user_interactions
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('user_interactions');
CREATE TRIGGER changes_delete AFTER DELETE ON user_interactions
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('user_interactions');

-- The clock is read once the workspace's write lock is held: versions of one row are in the order they were written.
CREATE FUNCTION record_account_versions() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
DECLARE
    written_at CONSTANT timestamptz := clock_timestamp();
BEGIN
    INSERT INTO account_versions SELECT written_at, nextval('change_seq'), touched.* FROM touched;
    RETURN NULL;
END
$$;

CREATE TRIGGER versions_of_new AFTER INSERT ON accounts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_account_versions();
CREATE TRIGGER versions_of_changed AFTER UPDATE ON accounts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_account_versions();

CREATE VIEW crm.accounts AS
SELECT workspace_id, id, source, external_id, name, domain, industry, description, tags, employee_count,
       funding_stage, last_funding_at, tech_stack, country, owner_user_id, custom, created_at, updated_at,
       recorded_at
FROM accounts;

CREATE VIEW crm.account_versions AS
SELECT workspace_id, id, version, valid_from, source, external_id, name, domain, industry, description, tags,
       employee_count, funding_stage, last_funding_at, tech_stack, country, owner_user_id, custom, created_at,
       updated_at, recorded_at
FROM account_versions;

CREATE VIEW crm.account_signals AS
SELECT workspace_id, id, source, external_id, account_id, observed_at, engineering_role_count,
       has_open_engineering_roles, total_open_roles, has_engineering_blog, extra, recorded_at
FROM account_signals;

CREATE VIEW crm.research_runs AS
SELECT workspace_id, id, source, external_id, account_id, user_id, ran_at, findings, recorded_at
FROM research_runs;

CREATE VIEW crm.user_interactions AS
SELECT workspace_id, id, source, external_id, user_id, account_id, action, occurred_at, context, recorded_at
FROM user_interactions;

GRANT SELECT ON crm.accounts, crm.account_versions, crm.account_signals, crm.research_runs, crm.user_interactions
    TO crm_reader;
