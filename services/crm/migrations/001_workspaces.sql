-- Workspaces: the tenants. `last_write` is the transaction that wrote last: how followers find who has news.
CREATE TABLE workspaces (
    id uuid PRIMARY KEY,
    name text NOT NULL DEFAULT '' CHECK (length(name) <= 200),
    locale text NOT NULL DEFAULT 'en' CHECK (locale IN ('en', 'ru')),
    timezone text NOT NULL DEFAULT 'UTC' CHECK (length(timezone) <= 64),
    pooled_training boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_write xid8 NOT NULL DEFAULT pg_current_xact_id()
);

ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspaces FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON workspaces
    USING (id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

CREATE VIEW crm.workspaces AS
SELECT id, name, locale, timezone, pooled_training FROM workspaces;

GRANT SELECT ON crm.workspaces TO crm_reader;

-- The one way past the tenants' border, for jobs: which workspaces there are, or were written to since a transaction.
GRANT SELECT ON workspaces TO workspace_lister;
CREATE POLICY listing ON workspaces FOR SELECT TO workspace_lister USING (true);

CREATE FUNCTION crm.list_workspaces(since xid8 DEFAULT '0')
RETURNS TABLE (id uuid, locale text, timezone text, pooled_training boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = crm_store, pg_temp
AS $$
    SELECT w.id, w.locale, w.timezone, w.pooled_training FROM workspaces w WHERE w.last_write >= since
$$;

-- The new owner last: once it is another's, these two would only warn that they did nothing.
REVOKE ALL ON FUNCTION crm.list_workspaces(xid8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crm.list_workspaces(xid8) TO crm_reader;
ALTER FUNCTION crm.list_workspaces(xid8) OWNER TO workspace_lister;
