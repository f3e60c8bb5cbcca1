-- No score is of, or seen from, one of the named.
DELETE FROM scores WHERE workspace_id = %(workspace_id)s AND (contact_id = ANY(%(ids)s) OR ego_id = ANY(%(ids)s))
