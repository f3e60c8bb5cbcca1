-- How near each of the named contacts is to a vector, by cosine.
SELECT v.contact_id, least(1, greatest(0, 1 - (v.embedding <=> %(embedding)s::halfvec))) AS similarity
FROM vectors v
WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = ANY(%(candidate_ids)s)
