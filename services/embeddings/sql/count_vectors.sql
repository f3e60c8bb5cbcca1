-- How many contacts have a vector of each model.
SELECT v.model, count(*) FROM vectors v WHERE v.workspace_id = %(workspace_id)s GROUP BY v.model
