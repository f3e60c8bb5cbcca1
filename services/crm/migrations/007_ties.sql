-- Who knows whom, and what passed between people.
CREATE TABLE links (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    source text NOT NULL DEFAULT 'api' CHECK (length(source) BETWEEN 1 AND 50),
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    contact_a uuid NOT NULL,
    contact_b uuid NOT NULL,
    strength double precision CHECK (strength BETWEEN 0 AND 1),
    since timestamptz,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, contact_a, contact_b),
    CHECK (contact_a < contact_b),
    FOREIGN KEY (workspace_id, contact_a) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, contact_b) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX links_reference ON links (workspace_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX links_b ON links (workspace_id, contact_b);

CREATE TABLE interactions (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    source text NOT NULL DEFAULT 'api' CHECK (length(source) BETWEEN 1 AND 50),
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    contact_id uuid NOT NULL,
    counterpart_id uuid CHECK (counterpart_id <> contact_id),
    user_id uuid,
    kind text NOT NULL CHECK (kind IN ('email', 'meeting', 'call', 'message', 'note', 'sync')),
    direction text NOT NULL CHECK (direction IN ('in', 'out', 'both')),
    occurred_at timestamptz NOT NULL,
    summary text CHECK (length(summary) <= 20000),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, counterpart_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE SET NULL (user_id)
);

CREATE UNIQUE INDEX interactions_reference
    ON interactions (workspace_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX interactions_of_contact ON interactions (workspace_id, contact_id, occurred_at);
CREATE INDEX interactions_of_counterpart
    ON interactions (workspace_id, counterpart_id, occurred_at) WHERE counterpart_id IS NOT NULL;
CREATE INDEX interactions_of_user ON interactions (workspace_id, user_id) WHERE user_id IS NOT NULL;

ALTER TABLE links ENABLE ROW LEVEL SECURITY;
ALTER TABLE links FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON links
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE interactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE interactions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON interactions
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

CREATE TRIGGER changes_insert AFTER INSERT ON links
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('links');
CREATE TRIGGER changes_update AFTER UPDATE ON links
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('links');
CREATE TRIGGER changes_delete AFTER DELETE ON links
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('links');

CREATE TRIGGER changes_insert AFTER INSERT ON interactions
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('interactions');
CREATE TRIGGER changes_update AFTER UPDATE ON interactions
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('interactions');
CREATE TRIGGER changes_delete AFTER DELETE ON interactions
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION record_changes('interactions');

CREATE VIEW crm.links AS
SELECT workspace_id, id, source, external_id, contact_a, contact_b, strength, since, recorded_at
FROM links;

CREATE VIEW crm.interactions AS
SELECT workspace_id, id, source, external_id, contact_id, counterpart_id, user_id, kind, direction, occurred_at,
       summary, recorded_at
FROM interactions;

GRANT SELECT ON crm.links, crm.interactions TO crm_reader;

-- A contact's account is one of ours. What was stored before is not asked again: NOT VALID.
ALTER TABLE contacts ADD CONSTRAINT contacts_account FOREIGN KEY (workspace_id, account_id)
    REFERENCES accounts (workspace_id, id) ON DELETE SET NULL (account_id) NOT VALID;
CREATE INDEX contacts_of_account ON contacts (workspace_id, account_id) WHERE account_id IS NOT NULL;
