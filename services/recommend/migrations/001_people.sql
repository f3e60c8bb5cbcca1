-- People you should know: the runs that computed them, the people of each run, and what was said of them.
--
-- A run is seen once it is `current`; one transaction makes it so and removes what was current before. While it runs it
-- knows how far it has come (`after_id`), so that whoever takes it up again goes on there. `histogram` counts the scores
-- of all its candidates: a score's percentile is read from it.
CREATE TABLE people_runs (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'current')),
    model_name text NOT NULL,
    model_version text NOT NULL,
    model_kind text NOT NULL,
    link text NOT NULL,
    codes text[] NOT NULL,
    histogram bytea NOT NULL,
    after_id uuid,
    contacts integer NOT NULL DEFAULT 0,
    candidates bigint NOT NULL DEFAULT 0,
    degraded boolean NOT NULL DEFAULT false,
    facts_as_of timestamptz NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, run_id)
);

CREATE UNIQUE INDEX people_runs_current ON people_runs (workspace_id) WHERE state = 'current';

-- Whom a contact should meet, the best first. `raw` is the model's own score; parts are null where nothing is known; the
-- three arrays have one number for each of the run's `codes`, and base + contributions is `raw`.
CREATE TABLE people (
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
    contributions real[] NOT NULL,
    PRIMARY KEY (workspace_id, run_id, contact_id, rank),
    FOREIGN KEY (workspace_id, run_id) REFERENCES people_runs (workspace_id, run_id) ON DELETE CASCADE
);

CREATE INDEX people_contact ON people (workspace_id, contact_id, candidate_id);
CREATE INDEX people_candidate ON people (workspace_id, candidate_id);

-- What was said of a recommendation, once for each event.
CREATE TABLE feedback (
    workspace_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind = 'contact'),
    contact_id uuid NOT NULL,
    target_id uuid NOT NULL,
    action text NOT NULL CHECK (action IN ('connect', 'dismiss')),
    occurred_at timestamptz NOT NULL,
    user_id uuid,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, event_id)
);

CREATE INDEX feedback_contact ON feedback (workspace_id, contact_id, target_id);
CREATE INDEX feedback_target ON feedback (workspace_id, target_id);

ALTER TABLE people_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON people_runs
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON people
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE feedback ENABLE ROW LEVEL SECURITY;
ALTER TABLE feedback FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON feedback
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
