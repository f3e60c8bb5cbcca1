-- What a caller sees of durable work: one row for each job asked for. Procrastinate's own tables carry the queue.
CREATE TABLE jobs (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    arguments jsonb NOT NULL DEFAULT '{}',
    unique_key text,
    done bigint NOT NULL DEFAULT 0 CHECK (done >= 0),
    total bigint CHECK (total >= 0),
    result jsonb,
    error jsonb,
    cancel_requested boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (workspace_id, id)
);

-- One waiting job for each key: whoever asks again is given the one that is there.
CREATE UNIQUE INDEX jobs_waiting ON jobs (workspace_id, unique_key) WHERE state = 'queued';
CREATE INDEX jobs_newest ON jobs (workspace_id, created_at DESC, id DESC);

ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON jobs
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
