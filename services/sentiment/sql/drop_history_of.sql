-- Of the named contacts no week is left.
DELETE FROM history WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(ids)s)
