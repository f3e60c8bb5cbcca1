-- The named contacts' vectors, of one model or of every one.
DELETE FROM vectors
WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(ids)s) AND (%(model)s::text IS NULL OR model = %(model)s)
