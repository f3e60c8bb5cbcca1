-- The named are gone: nothing is to be made for them.
DELETE FROM people_outdated WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(ids)s)
