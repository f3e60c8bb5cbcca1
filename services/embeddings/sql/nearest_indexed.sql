-- The contacts nearest to a vector by cosine, by the workspace's index: nearly all of the nearest, in nearly their order.
-- The cast is the index's own expression; without it the index goes unused. `among` has a bit for each number.
SELECT v.contact_id, halfvec(v.embedding, %(dimensions)s, true) <=> %(embedding)s::halfvec AS distance
FROM vectors v
WHERE v.workspace_id = %(workspace_id)s
  AND v.model = %(model)s
  AND (%(among)s::bytea IS NULL
       OR CASE WHEN v.number < 8 * length(%(among)s::bytea) THEN get_bit(%(among)s::bytea, v.number) = 1 END)
  AND (%(exclude)s::uuid IS NULL OR v.contact_id <> %(exclude)s)
ORDER BY halfvec(v.embedding, %(dimensions)s, true) <=> %(embedding)s::halfvec
LIMIT %(limit)s
