-- Which transaction was the last to write to a workspace; the next has to wait for ours.
SELECT last_write::text FROM workspaces WHERE id = %(workspace_id)s FOR NO KEY UPDATE
