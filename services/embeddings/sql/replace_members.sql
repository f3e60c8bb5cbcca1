-- Everybody is where the new run puts them.
INSERT INTO cluster_members (workspace_id, contact_id, cluster_id, similarity, run_cluster_id)
SELECT %(workspace_id)s, p.contact_id, p.cluster_id, p.similarity, p.cluster_id
FROM placed p
ON CONFLICT (workspace_id, contact_id) DO UPDATE
SET cluster_id = excluded.cluster_id, similarity = excluded.similarity, run_cluster_id = excluded.run_cluster_id
