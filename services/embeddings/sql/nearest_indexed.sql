-- The contacts nearest to a vector by cosine, by the workspace's index: nearly all of the nearest, in nearly their order.
-- The cast is the index's own; coalesce keeps the planner from guessing how many have the labels.
SELECT v.contact_id, halfvec(v.embedding, %(dimensions)s, true) <=> %(embedding)s::halfvec AS distance
FROM vectors v
WHERE v.workspace_id = %(workspace_id)s
  AND v.model = %(model)s
  AND coalesce(v.labels @> %(labels)s::text[], false)
  AND v.contact_id IS DISTINCT FROM %(exclude)s
ORDER BY halfvec(v.embedding, %(dimensions)s, true) <=> %(embedding)s::halfvec
LIMIT %(limit)s
