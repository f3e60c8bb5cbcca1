-- Those of the named contacts and numbers who are there and meet the filters, and how near each is to a vector.
WITH asked AS (
    SELECT unnest(%(ids)s::uuid[]) AS contact_id
    UNION
    SELECT d.contact_id FROM documents d
    WHERE d.workspace_id = %(workspace_id)s AND d.number = ANY(%(numbers)s::integer[])
)
SELECT c.id AS contact_id, d.number,
       CASE WHEN v.embedding <=> %(embedding)s::halfvec IS NOT NULL -- greatest() passes over a null
            THEN least(1, greatest(0, 1 - (v.embedding <=> %(embedding)s::halfvec))) END AS similarity
FROM asked a
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = a.contact_id
LEFT JOIN documents d ON d.workspace_id = %(workspace_id)s AND d.contact_id = c.id
LEFT JOIN vectors v ON v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = c.id
WHERE (%(organization)s::text IS NULL
       OR lower(regexp_replace(trim(c.organization), '\s+', ' ', 'g')) = %(organization)s)
  AND (cardinality(%(tags)s::text[]) = 0
       OR ARRAY(SELECT lower(regexp_replace(trim(t), '\s+', ' ', 'g')) FROM unnest(c.tags) t) @> %(tags)s::text[])
