-- How many contacts there are, and how many have a vector of the model.
SELECT (SELECT count(*) FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s) AS contacts,
       (SELECT count(*) FROM vectors v WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s) AS vectors
