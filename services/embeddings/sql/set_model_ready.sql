-- A model whose vectors have all been made.
UPDATE models SET state = 'ready' WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND state = 'embedding'
