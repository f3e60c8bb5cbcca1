-- The model that serves from the beginning; nothing where there is a model already.
INSERT INTO models (workspace_id, name, dimensions, state, serving_since)
SELECT %(workspace_id)s, %(name)s, %(dimensions)s, 'serving', now()
WHERE NOT EXISTS (SELECT FROM models m WHERE m.workspace_id = %(workspace_id)s)
ON CONFLICT DO NOTHING
