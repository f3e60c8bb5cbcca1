-- How many contacts went from which cluster of the last run to which of this one; null: none, they have come or gone.
SELECT m.run_cluster_id AS was, p.cluster_id AS is_now, count(*) AS contacts
FROM placed p
FULL JOIN (
    SELECT b.contact_id, b.run_cluster_id FROM cluster_members b WHERE b.workspace_id = %(workspace_id)s
) m ON m.contact_id = p.contact_id
GROUP BY m.run_cluster_id, p.cluster_id
