-- The tone of relationships: the runs that computed them, each contact's figures, a row a week for the trend, what a
-- workspace's tags mean, and what somebody said was wrong. Numbers only: texts stay with the facts.
--
-- A run is seen once it is `current`; one transaction makes it so and removes what was current before. While it runs it
-- knows how far it has come (`after_id`), so that whoever takes it up again goes on there.
CREATE TABLE runs (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'current')),
    model_version text NOT NULL,
    model_kind text NOT NULL,
    weeks_back smallint NOT NULL,
    after_id uuid,
    contacts integer NOT NULL DEFAULT 0,
    facts_as_of timestamptz NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, run_id)
);

CREATE UNIQUE INDEX runs_current ON runs (workspace_id) WHERE state = 'current';

-- Parts and their confidence are null where a part has no data; without any there is no row.
CREATE TABLE tones (
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    overall real NOT NULL CHECK (overall BETWEEN -1 AND 1),
    tags real,
    notes real,
    interactions real,
    tags_confidence real,
    notes_confidence real,
    interactions_confidence real,
    PRIMARY KEY (workspace_id, run_id, contact_id),
    FOREIGN KEY (workspace_id, run_id) REFERENCES runs (workspace_id, run_id) ON DELETE CASCADE
);

CREATE INDEX tones_contact ON tones (workspace_id, contact_id);

-- A contact's newest figure of each week, by the Monday (UTC) it begins with.
CREATE TABLE history (
    workspace_id uuid NOT NULL,
    week date NOT NULL,
    contact_id uuid NOT NULL,
    overall real NOT NULL CHECK (overall BETWEEN -1 AND 1),
    PRIMARY KEY (workspace_id, week, contact_id)
);

CREATE INDEX history_contact ON history (workspace_id, contact_id);

-- What a tag says in this workspace, beside or instead of what it says everywhere; 0: nothing.
CREATE TABLE lexicon (
    workspace_id uuid NOT NULL,
    tag text NOT NULL CHECK (length(tag) BETWEEN 1 AND 100),
    value real NOT NULL CHECK (value BETWEEN -1 AND 1),
    PRIMARY KEY (workspace_id, tag)
);

-- What somebody says a relationship's tone is; `given` is what was said then, null where there was nothing to say.
CREATE TABLE corrections (
    workspace_id uuid NOT NULL,
    correction_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    label text NOT NULL CHECK (label IN ('Very Positive', 'Positive', 'Neutral', 'Negative', 'Very Negative')),
    given real,
    corrected_at timestamptz NOT NULL DEFAULT now(),
    user_id uuid,
    PRIMARY KEY (workspace_id, correction_id)
);

CREATE INDEX corrections_contact ON corrections (workspace_id, contact_id, corrected_at DESC);

ALTER TABLE runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE runs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON runs
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
ALTER TABLE tones ENABLE ROW LEVEL SECURITY;
ALTER TABLE tones FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON tones
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
ALTER TABLE history ENABLE ROW LEVEL SECURITY;
ALTER TABLE history FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON history
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
ALTER TABLE lexicon ENABLE ROW LEVEL SECURITY;
ALTER TABLE lexicon FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON lexicon
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
ALTER TABLE corrections ENABLE ROW LEVEL SECURITY;
ALTER TABLE corrections FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON corrections
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
