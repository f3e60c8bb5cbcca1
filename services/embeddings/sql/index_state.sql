-- Whether a workspace has an index of a model, and how many vectors, counted as far as `most`.
SELECT to_regclass(index_name(%(workspace_id)s, %(model)s)) IS NOT NULL AS indexed,
       (SELECT count(*)
        FROM (
            SELECT FROM vectors v WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s LIMIT %(most)s
        ) AS counted) AS vectors
