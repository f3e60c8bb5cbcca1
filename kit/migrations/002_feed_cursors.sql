-- How far this service has followed the change feed of each workspace.
CREATE TABLE feed_cursors (
    workspace_id uuid PRIMARY KEY,
    transaction xid8 NOT NULL,
    seq bigint NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE feed_cursors ENABLE ROW LEVEL SECURITY;
ALTER TABLE feed_cursors FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON feed_cursors
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
