-- The contacts nearest to a vector by cosine, exactly: every vector of the workspace is compared.
SELECT c.id, c.first_name, c.last_name, c.organization, c.title, c.tags,
       least(1, greatest(0, 1 - (v.embedding <=> %(embedding)s::halfvec))) AS similarity
FROM vectors v
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = v.contact_id
WHERE v.workspace_id = %(workspace_id)s
  AND v.model = %(model)s
  AND v.contact_id <> %(contact_id)s
  AND greatest(0, 1 - (v.embedding <=> %(embedding)s::halfvec)) >= %(min_similarity)s
ORDER BY v.embedding <=> %(embedding)s::halfvec, v.contact_id
LIMIT %(limit)s
