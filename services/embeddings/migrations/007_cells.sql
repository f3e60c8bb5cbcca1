-- The space of a large workspace's vectors in cells: a filtered search compares only who lies near. A number may be in a
-- cell that its contact has left, and that of a contact may be in several: who is compared is read from the vectors.
CREATE TABLE cells (
    workspace_id uuid NOT NULL,
    model text NOT NULL,
    cell integer NOT NULL,
    centre halfvec STORAGE PLAIN NOT NULL,
    numbers bytea STORAGE EXTERNAL NOT NULL DEFAULT '', -- of the lexical index, four bytes each, big-endian
    PRIMARY KEY (workspace_id, model, cell)
)
WITH (toast_tuple_target = 8160); -- in line as long as a row fits a page: out of line each would be another lookup

ALTER TABLE cells ENABLE ROW LEVEL SECURITY;
ALTER TABLE cells FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON cells
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

-- Whom a filter means is looked up by number alone: a model's name in each key would cost a third of the time.
DROP INDEX vectors_numbers;
CREATE INDEX vectors_numbers ON vectors (workspace_id, number);
