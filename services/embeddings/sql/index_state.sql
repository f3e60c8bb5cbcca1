-- Whether a workspace has an index of a model, how many vectors, and how many cells with how many numbers.
-- Vectors are counted as far as `most`.
SELECT to_regclass(index_name(%(workspace_id)s, %(model)s)) IS NOT NULL AS indexed,
       (SELECT count(*)
        FROM (
            SELECT FROM vectors v WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s LIMIT %(most)s
        ) AS counted) AS vectors,
       count(*) AS cells,
       coalesce(sum(octet_length(c.numbers)), 0)::bigint / 4 AS placed
FROM cells c
WHERE c.workspace_id = %(workspace_id)s AND c.model = %(model)s
