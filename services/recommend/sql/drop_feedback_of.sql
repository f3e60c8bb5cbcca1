-- What was said by or of the named goes.
DELETE FROM feedback
WHERE workspace_id = %(workspace_id)s AND (contact_id = ANY(%(ids)s) OR target_id = ANY(%(ids)s))
