-- A model that has no vectors left.
DELETE FROM models WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND state = 'removing'
