-- Of the named contacts no correction is left.
DELETE FROM corrections WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(ids)s)
