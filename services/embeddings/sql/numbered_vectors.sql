-- The vectors that filters can find, or about one in `step` of them, the same as long as they are there.
SELECT v.number, v.embedding
FROM vectors v
WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.number IS NOT NULL
  AND mod(hashint4(v.number), %(step)s::integer) = 0
