-- Drop the index of a workspace and a model; false when there is none.
SELECT drop_index(%(workspace_id)s, %(model)s)
