-- Make the index of a workspace and a model; false when it is there already.
SELECT make_index(%(workspace_id)s, %(model)s)
