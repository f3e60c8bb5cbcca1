-- Vectors in sixteen parts by workspace, with the labels people filter by, and an index for each large workspace.
-- See docs/decisions/0005-vectors.md. An index is made on one part: the other parts' writers do not wait for it.

ALTER TABLE vectors RENAME TO whole_vectors;
ALTER INDEX vectors_pkey RENAME TO whole_vectors_pkey;

CREATE TABLE vectors (
    workspace_id uuid NOT NULL,
    model text NOT NULL,
    contact_id uuid NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    embedding halfvec NOT NULL,
    labels text[] NOT NULL DEFAULT '{}',
    embedded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, model, contact_id)
) PARTITION BY HASH (workspace_id);

ALTER TABLE vectors ALTER COLUMN embedding SET STORAGE PLAIN;

-- Nobody reads a part by its own name, and the policy holds for whoever would.
DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('CREATE TABLE vectors_%s PARTITION OF vectors FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part);
    END LOOP;
END
$$;

-- The owner is bound by the policy too: all workspaces' rows move before the new one is there.
ALTER TABLE whole_vectors NO FORCE ROW LEVEL SECURITY;
INSERT INTO vectors (workspace_id, model, contact_id, content_hash, embedding, embedded_at)
SELECT workspace_id, model, contact_id, content_hash, embedding, embedded_at FROM whole_vectors;
DROP TABLE whole_vectors;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY (SELECT 'vectors' UNION ALL SELECT format('vectors_%s', part) FROM generate_series(0, 15) AS part)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_workspace ON %I'
            ' USING (workspace_id = nullif((SELECT current_setting(''app.workspace_id'', true)), '''')::uuid)', name
        );
    END LOOP;
END
$$;

-- Who has a label: how a rare one is found without looking at everybody. A b-tree, for GIN goes unused under a policy.
CREATE TABLE labels (
    workspace_id uuid NOT NULL,
    label text NOT NULL,
    contact_id uuid NOT NULL,
    PRIMARY KEY (workspace_id, label, contact_id)
);

CREATE INDEX labels_of_contact ON labels (workspace_id, contact_id);

ALTER TABLE labels ENABLE ROW LEVEL SECURITY;
ALTER TABLE labels FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON labels
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

-- The name tells whether there is an index: the catalogue is the truth, and cannot be out of step with itself.
CREATE FUNCTION index_name(tenant uuid, model text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 'vectors_near_' || md5(tenant::text || model) $$;

-- Make the index of a workspace and a model, unless it is there; false when it is, or there are no rows to index.
-- It runs as who owns the table, for the running role owns nothing; of other workspaces it sees no row.
CREATE FUNCTION make_index(tenant uuid, model text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = embeddings, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    name CONSTANT text := index_name(tenant, model);
    part regclass;
    dimensions integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rapport.vectors.index'), hashtext(name));
    SELECT v.tableoid, vector_dims(v.embedding) INTO part, dimensions
    FROM vectors v WHERE v.workspace_id = tenant AND v.model = make_index.model LIMIT 1;
    IF part IS NULL OR to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE INDEX %I ON %s USING hnsw ((embedding::halfvec(%s)) halfvec_cosine_ops) WHERE workspace_id = %L AND model = %L',
        name, part, dimensions, tenant, model
    );
    RETURN true;
END
$$;

-- Drop it; false when there is none. The catalogue knows no policy, so that the workspace is asked for here.
CREATE FUNCTION drop_index(tenant uuid, model text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = embeddings, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    name CONSTANT text := index_name(tenant, model);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rapport.vectors.index'), hashtext(name));
    IF to_regclass(name) IS NULL OR tenant IS DISTINCT FROM nullif(current_setting('app.workspace_id', true), '')::uuid THEN
        RETURN false;
    END IF;
    EXECUTE format('DROP INDEX %I', name);
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION make_index(uuid, text), drop_index(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_index(uuid, text), drop_index(uuid, text) TO embeddings;
