-- Files waiting to be imported, in pieces, so that any worker on any machine can read them and none must hold one whole.
CREATE TABLE import_chunks (
    workspace_id uuid NOT NULL,
    job_id uuid NOT NULL,
    number integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (workspace_id, job_id, number),
    FOREIGN KEY (workspace_id, job_id) REFERENCES jobs (workspace_id, id) ON DELETE CASCADE
);

ALTER TABLE import_chunks ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_chunks FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON import_chunks
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
