-- Who is drifting away: the runs that computed it, a row for each tie of a run, what earlier runs said, and feedback.
--
-- A tie is a contact seen from an ego: another contact, or the workspace's own people, which is the nil UUID here.
-- A run is seen once it is `current`; one about another time is `past` when it has ended and is kept for its report.
-- While it runs it knows how far it has come, in the order of (ego_id, contact_id). Snapshots are what every tie of the
-- run was compared with, of each kind: a tie that is scored later, alone, is compared with the same.
CREATE TABLE runs (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'current', 'past')),
    model_name text NOT NULL,
    model_version text NOT NULL,
    model_kind text NOT NULL,
    features text[] NOT NULL,
    codes text[] NOT NULL,
    own_snapshot jsonb,
    pair_snapshot jsonb,
    after_ego_id uuid,
    after_id uuid,
    ties bigint NOT NULL DEFAULT 0,
    own_ties bigint NOT NULL DEFAULT 0,
    report jsonb,
    facts_as_of timestamptz NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, run_id)
);

CREATE UNIQUE INDEX runs_current ON runs (workspace_id) WHERE state = 'current';

-- `probability` is of silence within `horizon_days`, null where there is too little to say anything. The arrays have a
-- number for each of the run's features, or of its codes; base + contributions is the log-odds of the probability.
CREATE TABLE scores (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    ego_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'lost', 'insufficient_data')),
    probability real CHECK (probability > 0 AND probability < 1),
    horizon_days real NOT NULL,
    interactions integer NOT NULL,
    days_since_last real,
    usual_gap_days real,
    features real[] NOT NULL,
    shown real[] NOT NULL,
    compared real[] NOT NULL,
    base real,
    contributions real[] NOT NULL,
    facts_as_of timestamptz NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((probability IS NULL) = (state = 'insufficient_data')),
    PRIMARY KEY (workspace_id, run_id, ego_id, contact_id),
    FOREIGN KEY (workspace_id, run_id) REFERENCES runs (workspace_id, run_id) ON DELETE CASCADE
);

CREATE INDEX scores_ranked ON scores (workspace_id, run_id, ego_id, state, probability DESC NULLS LAST, contact_id);
CREATE INDEX scores_contact ON scores (workspace_id, contact_id);
CREATE INDEX scores_ego ON scores (workspace_id, ego_id);

-- What was said of a tie, a row whenever that changed.
CREATE TABLE history (
    workspace_id uuid NOT NULL,
    ego_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    facts_as_of timestamptz NOT NULL,
    state text NOT NULL,
    probability real,
    horizon_days real NOT NULL,
    model_version text NOT NULL,
    PRIMARY KEY (workspace_id, contact_id, ego_id, facts_as_of)
);

CREATE INDEX history_ego ON history (workspace_id, ego_id);
CREATE INDEX history_oldest ON history (workspace_id, facts_as_of);

-- What people said of a tie, once for each event: it is off the default list until then.
CREATE TABLE feedback (
    workspace_id uuid NOT NULL,
    event_id uuid NOT NULL,
    ego_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    action text NOT NULL CHECK (action IN ('snooze', 'not_at_risk')),
    until timestamptz NOT NULL,
    occurred_at timestamptz NOT NULL,
    user_id uuid,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, event_id)
);

CREATE INDEX feedback_tie ON feedback (workspace_id, contact_id, ego_id, until);
CREATE INDEX feedback_ego ON feedback (workspace_id, ego_id);

ALTER TABLE runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE runs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON runs
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE scores ENABLE ROW LEVEL SECURITY;
ALTER TABLE scores FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON scores
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE history ENABLE ROW LEVEL SECURITY;
ALTER TABLE history FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON history
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE feedback ENABLE ROW LEVEL SECURITY;
ALTER TABLE feedback FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON feedback
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

-- After a run every row of a workspace is new, and a planner that does not know them takes any index for a way to one.
-- It runs as who owns the table, for the running role owns nothing; it gives nothing back.
CREATE FUNCTION analyze_scores() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = churn, public, pg_temp
SET lock_timeout = '30s'
AS $$
BEGIN
    ANALYZE scores (workspace_id, run_id, ego_id, contact_id, state, probability);
END
$$;

DO $$ BEGIN
    REVOKE ALL ON FUNCTION analyze_scores() FROM PUBLIC;
    EXECUTE format('GRANT EXECUTE ON FUNCTION analyze_scores() TO %I', regexp_replace(current_user, '_owner$', ''));
END $$;
