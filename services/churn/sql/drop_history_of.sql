-- Nothing stays on record of, or seen from, one of the named.
DELETE FROM history WHERE workspace_id = %(workspace_id)s AND (contact_id = ANY(%(ids)s) OR ego_id = ANY(%(ids)s))
