-- How many vectors of a model can be found by filters.
SELECT count(v.number) FROM vectors v WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s
