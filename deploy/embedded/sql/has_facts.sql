-- Whether anything was ever written to a workspace.
SELECT EXISTS (SELECT FROM crm_store.workspaces WHERE id = %(workspace_id)s)
