-- The named contacts' vectors go to the nearest cluster, where the clusters that stand are of their model.
INSERT INTO cluster_members (workspace_id, contact_id, cluster_id, similarity)
SELECT %(workspace_id)s, v.contact_id, nearest.id, nearest.similarity
FROM vectors v
CROSS JOIN LATERAL (
    SELECT c.id, 1 - (c.centroid <=> v.embedding) AS similarity
    FROM clusters c
    WHERE c.workspace_id = %(workspace_id)s AND c.model = %(model)s
    ORDER BY c.centroid <=> v.embedding, c.id
    LIMIT 1
) nearest
WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = ANY(%(ids)s)
ON CONFLICT (workspace_id, contact_id) DO UPDATE
SET cluster_id = excluded.cluster_id, similarity = excluded.similarity
