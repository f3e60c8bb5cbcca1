-- What a filter asks for is read from the postings alone: a vector knows its contact's number there.
-- Vectors whose contact is not in the lexical index yet get theirs from the next embed job.
DROP TABLE labels;

ALTER TABLE vectors DROP COLUMN labels;
ALTER TABLE vectors ADD COLUMN number integer;

-- The owner is bound by the policies too: all workspaces' rows are numbered before they are forced again.
ALTER TABLE vectors NO FORCE ROW LEVEL SECURITY;
ALTER TABLE documents NO FORCE ROW LEVEL SECURITY;
UPDATE vectors v SET number = d.number
FROM documents d
WHERE d.workspace_id = v.workspace_id AND d.contact_id = v.contact_id;
ALTER TABLE vectors FORCE ROW LEVEL SECURITY;
ALTER TABLE documents FORCE ROW LEVEL SECURITY;

CREATE INDEX vectors_numbers ON vectors (workspace_id, model, number);
