-- The contacts nearest to a vector by cosine among those of a rare label, exactly: only their vectors are read.
SELECT v.contact_id, v.embedding <=> %(embedding)s::halfvec AS distance
FROM vectors v
WHERE v.workspace_id = %(workspace_id)s
  AND v.model = %(model)s
  AND v.contact_id = ANY(ARRAY(
        SELECT l.contact_id FROM labels l WHERE l.workspace_id = %(workspace_id)s AND l.label = %(label)s
      ))
  AND (cardinality(%(labels)s::text[]) = 0 OR v.labels @> %(labels)s::text[])
  AND (%(exclude)s::uuid IS NULL OR v.contact_id <> %(exclude)s)
ORDER BY v.embedding <=> %(embedding)s::halfvec, v.contact_id
LIMIT %(limit)s
