-- Forgets a merge.
DELETE FROM merges WHERE workspace_id = %(workspace_id)s AND id = %(id)s
