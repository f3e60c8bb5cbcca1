-- All cells of a model.
DELETE FROM cells WHERE workspace_id = %(workspace_id)s AND model = %(model)s
