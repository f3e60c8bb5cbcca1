-- Begin to write in a workspace: it comes into being, its other writers wait, followers will see it has news.
INSERT INTO workspaces (id) VALUES (%(workspace_id)s)
ON CONFLICT (id) DO UPDATE SET last_write = pg_current_xact_id()
RETURNING last_write::text
