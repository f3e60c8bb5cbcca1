-- Nobody is recommended to, or as, one of the named.
DELETE FROM people
WHERE workspace_id = %(workspace_id)s AND (contact_id = ANY(%(ids)s) OR candidate_id = ANY(%(ids)s))
