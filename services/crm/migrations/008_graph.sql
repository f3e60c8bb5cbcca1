-- What the graph job derives from interactions: who knows whom, influence, communities. Never written into the facts.
--
-- No foreign keys to contacts: a workspace's contacts may live in another CRM's tables, behind the same view. A contact
-- of ours that is deleted takes its derived rows along by the trigger below; the next run leaves out the others.
CREATE TABLE derived_links (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    contact_a uuid NOT NULL,
    contact_b uuid NOT NULL,
    strength double precision NOT NULL CHECK (strength BETWEEN 0 AND 1),
    since timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    CHECK (contact_a < contact_b)
);

CREATE INDEX derived_links_pair ON derived_links (workspace_id, contact_a, contact_b);
CREATE INDEX derived_links_b ON derived_links (workspace_id, contact_b);

CREATE TABLE contact_graph (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    contact_id uuid NOT NULL,
    influence_score double precision NOT NULL CHECK (influence_score BETWEEN 0 AND 1),
    community_id integer NOT NULL,
    PRIMARY KEY (workspace_id, contact_id)
);

-- The run whose results the two tables hold.
CREATE TABLE graph_runs (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces (id),
    as_of timestamptz NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE derived_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE derived_links FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON derived_links
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE contact_graph ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_graph FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON contact_graph
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE graph_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE graph_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON graph_runs
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

CREATE FUNCTION drop_derived() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    DELETE FROM contact_graph g USING touched t WHERE g.workspace_id = t.workspace_id AND g.contact_id = t.id;
    DELETE FROM derived_links d USING touched t WHERE d.workspace_id = t.workspace_id AND d.contact_a = t.id;
    DELETE FROM derived_links d USING touched t WHERE d.workspace_id = t.workspace_id AND d.contact_b = t.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER derived_of_deleted AFTER DELETE ON contacts
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION drop_derived();

-- A derived link gives way when the CRM gives one for its pair, so that the view below need not compare the two: each
-- half of it is read in the order of its own index.
CREATE FUNCTION give_way() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    DELETE FROM derived_links d USING touched t
    WHERE d.workspace_id = t.workspace_id AND d.contact_a = t.contact_a AND d.contact_b = t.contact_b;
    RETURN NULL;
END
$$;

CREATE TRIGGER derived_of_given AFTER INSERT ON links
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION give_way();
CREATE TRIGGER derived_of_changed AFTER UPDATE ON links
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION give_way();

-- One change for a run, not one for each person: followers read the values afresh, and a night in
-- which everybody's percentile moves a little must not make every follower look at everybody.
CREATE FUNCTION record_graph_run() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    INSERT INTO changes (workspace_id, kind, entity_id, op) VALUES (NEW.workspace_id, 'graph', NEW.workspace_id, 'update');
    PERFORM pg_notify('crm_changes', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER changes_run AFTER INSERT OR UPDATE ON graph_runs FOR EACH ROW EXECUTE FUNCTION record_graph_run();

-- What the CRM gives wins, field by field and pair by pair.
CREATE OR REPLACE VIEW crm.contacts AS
SELECT c.workspace_id, c.id, c.source, c.external_id, c.first_name, c.last_name, c.organization, c.title, c.emails,
       c.phones, c.urls, c.tags, c.notes, c.account_id,
       coalesce(c.influence_score, g.influence_score) AS influence_score,
       coalesce(c.community_id, g.community_id) AS community_id,
       c.custom, c.created_at, c.updated_at, c.archived_at, c.recorded_at
FROM contacts c
LEFT JOIN contact_graph g ON g.workspace_id = c.workspace_id AND g.contact_id = c.id;

CREATE OR REPLACE VIEW crm.links AS
SELECT workspace_id, id, source, external_id, contact_a, contact_b, strength, since, recorded_at
FROM links
UNION ALL
SELECT workspace_id, id, 'derived', NULL, contact_a, contact_b, strength, since, recorded_at
FROM derived_links;
