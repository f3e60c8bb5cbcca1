-- What was said of, or for, one of the named goes.
DELETE FROM feedback WHERE workspace_id = %(workspace_id)s AND (contact_id = ANY(%(ids)s) OR ego_id = ANY(%(ids)s))
