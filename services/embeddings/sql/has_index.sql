-- Whether a workspace has an index of a model: the catalogue knows it by its name.
SELECT to_regclass(index_name(%(workspace_id)s, %(model)s)) IS NOT NULL
