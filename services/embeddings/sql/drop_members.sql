-- The named contacts leave their clusters.
DELETE FROM cluster_members WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(ids)s)
