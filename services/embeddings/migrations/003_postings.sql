-- The lexical index: what each contact says in words and n-grams, and for each of those who says it.

-- Totals that BM25 needs; the row is also what writers of one workspace take turns by.
CREATE TABLE lexicons (
    workspace_id uuid PRIMARY KEY,
    documents bigint NOT NULL DEFAULT 0 CHECK (documents >= 0),
    words bigint NOT NULL DEFAULT 0 CHECK (words >= 0),
    grams bigint NOT NULL DEFAULT 0 CHECK (grams >= 0),
    next_number integer NOT NULL DEFAULT 0,
    indexed_at timestamptz NOT NULL DEFAULT now()
);

-- A contact has a small number for the postings, and keeps its terms so that they can be taken out again.
CREATE TABLE documents (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    number integer NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    words integer NOT NULL,
    grams integer NOT NULL,
    terms text[] NOT NULL,
    PRIMARY KEY (workspace_id, contact_id),
    UNIQUE (workspace_id, number)
);

-- Who says a term: packed entries of the contacts of one block of numbers (services/embeddings/features/postings.py).
-- PLAIN: a full block fits a page, and out of line it would be slower to read.
CREATE TABLE postings (
    workspace_id uuid NOT NULL,
    term text COLLATE "C" NOT NULL,
    block integer NOT NULL,
    entries bytea STORAGE PLAIN NOT NULL CHECK (length(entries) > 0),
    PRIMARY KEY (workspace_id, term, block)
);

ALTER TABLE lexicons ENABLE ROW LEVEL SECURITY;
ALTER TABLE lexicons FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON lexicons
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE documents FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON documents
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE postings ENABLE ROW LEVEL SECURITY;
ALTER TABLE postings FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON postings
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
