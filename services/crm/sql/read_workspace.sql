-- The caller's workspace, if anything was ever written to it.
SELECT id, name, locale, timezone, pooled_training FROM crm.workspaces WHERE id = %(workspace_id)s
