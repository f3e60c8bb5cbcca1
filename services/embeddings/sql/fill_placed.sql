-- The nearest of the new clusters for every vector of the model.
INSERT INTO placed (contact_id, cluster_id, similarity)
SELECT v.contact_id, nearest.id, nearest.similarity
FROM vectors v
CROSS JOIN LATERAL (
    SELECT c.id, 1 - (c.centroid <=> v.embedding) AS similarity
    FROM clusters c
    WHERE c.workspace_id = %(workspace_id)s AND c.model = %(model)s AND c.id = ANY(%(cluster_ids)s)
    ORDER BY c.centroid <=> v.embedding, c.id
    LIMIT 1
) nearest
WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s
