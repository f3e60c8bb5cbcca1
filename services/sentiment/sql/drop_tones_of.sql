-- Of the named contacts no figure is left in any run.
DELETE FROM tones WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(ids)s)
