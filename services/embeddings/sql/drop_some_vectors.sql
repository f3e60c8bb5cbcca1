-- Some of a model's vectors.
DELETE FROM vectors v
WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s
  AND v.contact_id = ANY(ARRAY(
        SELECT s.contact_id FROM vectors s
        WHERE s.workspace_id = %(workspace_id)s AND s.model = %(model)s
        LIMIT %(most)s
      ))
