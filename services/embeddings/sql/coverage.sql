-- How many contacts there are, how many have a vector of the model, and how many are found by words and filters.
SELECT (SELECT count(*) FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s) AS contacts,
       (SELECT count(*) FROM vectors v WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s) AS vectors,
       (SELECT count(*) FROM documents d WHERE d.workspace_id = %(workspace_id)s) AS documents
