-- What was said longer ago than anybody looks back goes.
DELETE FROM history WHERE workspace_id = %(workspace_id)s AND facts_as_of < %(before)s
