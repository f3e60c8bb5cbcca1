-- Contacts who have had a new tie since their list was made: it is made anew when it is read, or by the next run.
CREATE TABLE people_outdated (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    marked_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, contact_id)
);

ALTER TABLE people_outdated ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_outdated FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON people_outdated
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
