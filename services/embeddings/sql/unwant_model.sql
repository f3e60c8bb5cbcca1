-- A model that is not to be kept any longer: its rows go in batches.
UPDATE models SET state = 'removing'
WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND state IN ('embedding', 'ready')
