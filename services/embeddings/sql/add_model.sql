-- A model whose vectors are to be made; nothing where it is there already.
INSERT INTO models (workspace_id, name, dimensions, state)
VALUES (%(workspace_id)s, %(name)s, %(dimensions)s, 'embedding')
ON CONFLICT (workspace_id, name) DO NOTHING
