-- The contacts nearest to a vector by cosine that meet the filters, exactly: every vector of the workspace is compared.
SELECT c.id AS contact_id, least(1, greatest(0, 1 - (v.embedding <=> %(embedding)s::halfvec))) AS similarity
FROM vectors v
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = v.contact_id
WHERE v.workspace_id = %(workspace_id)s
  AND v.model = %(model)s
  AND (%(exclude)s::uuid IS NULL OR v.contact_id <> %(exclude)s)
  AND greatest(0, 1 - (v.embedding <=> %(embedding)s::halfvec)) >= %(min_similarity)s
  AND (%(organization)s::text IS NULL
       OR lower(regexp_replace(trim(c.organization), '\s+', ' ', 'g')) = %(organization)s)
  AND (cardinality(%(tags)s::text[]) = 0
       OR ARRAY(SELECT lower(regexp_replace(trim(t), '\s+', ' ', 'g')) FROM unnest(c.tags) t) @> %(tags)s::text[])
ORDER BY v.embedding <=> %(embedding)s::halfvec, v.contact_id
LIMIT %(limit)s
