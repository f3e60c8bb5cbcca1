-- The model that serves.
SELECT name, dimensions FROM models WHERE workspace_id = %(workspace_id)s AND state = 'serving'
