-- The contacts nearest to a vector by cosine, by the workspace's index: nearly all of the nearest, in nearly their order.
-- The cast is the index's own expression; without it the index goes unused.
SELECT v.contact_id, halfvec(v.embedding, %(dimensions)s, true) <=> %(embedding)s::halfvec AS distance
FROM vectors v
WHERE v.workspace_id = %(workspace_id)s
  AND v.model = %(model)s
  AND (cardinality(%(labels)s::text[]) = 0 OR v.labels @> %(labels)s::text[])
  AND (%(exclude)s::uuid IS NULL OR v.contact_id <> %(exclude)s)
ORDER BY halfvec(v.embedding, %(dimensions)s, true) <=> %(embedding)s::halfvec
LIMIT %(limit)s
