-- The contacts nearest to a vector by cosine among those with these numbers, exactly: only their vectors are read.
SELECT v.contact_id, v.embedding <=> %(embedding)s::halfvec AS distance
FROM vectors v
WHERE v.workspace_id = %(workspace_id)s
  AND v.model = %(model)s
  AND v.number = ANY(%(numbers)s::integer[])
  AND (%(exclude)s::uuid IS NULL OR v.contact_id <> %(exclude)s)
ORDER BY v.embedding <=> %(embedding)s::halfvec, v.contact_id
LIMIT %(limit)s
