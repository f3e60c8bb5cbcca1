-- The named contacts' vectors, of every model.
DELETE FROM vectors WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(ids)s)
