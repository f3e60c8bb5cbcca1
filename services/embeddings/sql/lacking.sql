-- How many contacts have a vector of the model that serves and none of another.
SELECT count(*)
FROM vectors v
WHERE v.workspace_id = %(workspace_id)s
  AND v.model = (SELECT m.name FROM models m WHERE m.workspace_id = %(workspace_id)s AND m.state = 'serving')
  AND NOT EXISTS (
        SELECT FROM vectors o
        WHERE o.workspace_id = %(workspace_id)s AND o.model = %(model)s AND o.contact_id = v.contact_id
      )
