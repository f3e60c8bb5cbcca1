-- One vector for each contact and model; the hash says which text it was made from.
-- halfvec: half the size at no loss (docs/decisions/0005-vectors.md); PLAIN: out of line it is ten times slower to scan.
CREATE TABLE vectors (
    workspace_id uuid NOT NULL,
    model text NOT NULL,
    contact_id uuid NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    embedding halfvec NOT NULL,
    embedded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, model, contact_id)
);

ALTER TABLE vectors ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE vectors ENABLE ROW LEVEL SECURITY;
ALTER TABLE vectors FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON vectors
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
