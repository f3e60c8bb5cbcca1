-- The change feed: written by triggers in the transaction of the fact, read by every service with its own cursor.
CREATE SEQUENCE change_seq;

CREATE TABLE changes (
    workspace_id uuid NOT NULL,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint NOT NULL DEFAULT nextval('change_seq'),
    kind text NOT NULL,
    entity_id uuid NOT NULL,
    op text NOT NULL CHECK (op IN ('insert', 'update', 'delete')),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, transaction, seq)
);

ALTER TABLE changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE changes FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON changes
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

CREATE VIEW crm.changes AS
SELECT workspace_id, transaction, seq, kind, entity_id, op, recorded_at FROM changes;

GRANT SELECT ON crm.changes TO crm_reader;

-- Statement-level, with the touched rows as a table: a thousand rows cost one call. The argument is the kind.
CREATE FUNCTION record_changes() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    INSERT INTO changes (workspace_id, kind, entity_id, op)
    SELECT touched.workspace_id, TG_ARGV[0], touched.id, lower(TG_OP) FROM touched;
    PERFORM pg_notify('crm_changes', '');
    RETURN NULL;
END
$$;
