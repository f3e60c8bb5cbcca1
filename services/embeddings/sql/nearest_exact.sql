-- The contacts nearest to a vector by cosine, exactly: every vector of the workspace with these labels is compared.
-- The bare column is not what an index is on: this query can never walk one.
SELECT v.contact_id, v.embedding <=> %(embedding)s::halfvec AS distance
FROM vectors v
WHERE v.workspace_id = %(workspace_id)s
  AND v.model = %(model)s
  AND (cardinality(%(labels)s::text[]) = 0 OR v.labels @> %(labels)s::text[])
  AND (%(exclude)s::uuid IS NULL OR v.contact_id <> %(exclude)s)
ORDER BY v.embedding <=> %(embedding)s::halfvec, v.contact_id
LIMIT %(limit)s
