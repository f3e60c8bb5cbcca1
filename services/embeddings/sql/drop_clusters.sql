-- The clusters that the new run does not have.
DELETE FROM clusters WHERE workspace_id = %(workspace_id)s AND NOT id = ANY(%(cluster_ids)s)
