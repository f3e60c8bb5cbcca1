-- Merges of contacts that are one person, with what is needed to undo them.
--
-- `kept_id` is whom the merge kept, `contact_id` who that is now: another after a further merge, null once he is erased,
-- and the snapshot with him. `number` is the order in which merges were made.
CREATE TABLE merges (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    kept_id uuid NOT NULL,
    contact_id uuid,
    merged_ids uuid[] NOT NULL,
    snapshot jsonb,
    number bigint NOT NULL DEFAULT nextval('change_seq'),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX merges_of_contact ON merges (workspace_id, contact_id) WHERE contact_id IS NOT NULL;

-- Where the ids of a merged contact lead: ours, and the one another system gave it.
CREATE TABLE merged_contacts (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text NOT NULL,
    external_id text,
    contact_id uuid NOT NULL,
    merge_id uuid NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, merge_id) REFERENCES merges (workspace_id, id)
);

CREATE UNIQUE INDEX merged_contacts_reference
    ON merged_contacts (workspace_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX merged_contacts_kept ON merged_contacts (workspace_id, contact_id);
CREATE INDEX merged_contacts_merge ON merged_contacts (workspace_id, merge_id);

ALTER TABLE merges ENABLE ROW LEVEL SECURITY;
ALTER TABLE merges FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON merges
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE merged_contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE merged_contacts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON merged_contacts
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

-- Whoever is erased leaves nothing in a snapshot, however the row was deleted.
CREATE FUNCTION forget_merges() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    UPDATE merges m SET contact_id = NULL, snapshot = NULL
    FROM touched t
    WHERE m.workspace_id = t.workspace_id AND m.contact_id = t.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER merges_of_deleted AFTER DELETE ON contacts
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION forget_merges();
