-- Let what serves under a name serve no longer; which version that was.
UPDATE ml_models SET state = 'retired'
WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND state = 'serving'
RETURNING version
