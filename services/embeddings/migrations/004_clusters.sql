-- The interest groups of a workspace: one run, its clusters, and who is in which. A later run takes their place at once.
CREATE TABLE cluster_runs (
    workspace_id uuid PRIMARY KEY,
    job_id uuid NOT NULL,
    model text NOT NULL,
    n_clusters integer CHECK (n_clusters BETWEEN 2 AND 50), -- what was asked for; null: whatever fits best
    report jsonb NOT NULL,
    facts_as_of timestamptz NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE clusters (
    workspace_id uuid NOT NULL,
    id integer NOT NULL CHECK (id > 0),
    model text NOT NULL,
    centroid halfvec NOT NULL,
    top_topics text[] NOT NULL,
    x double precision NOT NULL,
    y double precision NOT NULL,
    radius double precision NOT NULL CHECK (radius >= 0),
    silhouette double precision CHECK (silhouette BETWEEN -1 AND 1),
    PRIMARY KEY (workspace_id, id)
);

-- run_cluster_id is where the last run left a contact: null for who came since. A vector's end is its membership's: the
-- same transaction drops both (no foreign key: a table of vectors may be split and filled anew without anybody leaving).
CREATE TABLE cluster_members (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    cluster_id integer NOT NULL,
    similarity double precision NOT NULL,
    run_cluster_id integer,
    PRIMARY KEY (workspace_id, contact_id),
    FOREIGN KEY (workspace_id, cluster_id) REFERENCES clusters (workspace_id, id)
);

CREATE INDEX cluster_members_nearest ON cluster_members (workspace_id, cluster_id, similarity DESC, contact_id);

ALTER TABLE cluster_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE cluster_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON cluster_runs
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE clusters ENABLE ROW LEVEL SECURITY;
ALTER TABLE clusters FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON clusters
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE cluster_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE cluster_members FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON cluster_members
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
