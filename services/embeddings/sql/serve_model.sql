-- Let a model serve, in the place of the one named; where none is, what it replaced itself stays as it was.
UPDATE models SET state = 'serving', serving_since = clock_timestamp(), replaced = coalesce(%(replaced)s, replaced)
WHERE workspace_id = %(workspace_id)s AND name = %(name)s
