-- The most typical people of every cluster, the nearest to its centre first.
SELECT c.id AS cluster_id, p.id, p.first_name, p.last_name, p.organization, p.title,
       least(1, greatest(0, near.similarity)) AS similarity
FROM clusters c
CROSS JOIN LATERAL (
    SELECT m.contact_id, m.similarity
    FROM cluster_members m
    WHERE m.workspace_id = %(workspace_id)s AND m.cluster_id = c.id
    ORDER BY m.similarity DESC, m.contact_id
    LIMIT %(limit)s
) near
JOIN crm.contacts p ON p.workspace_id = %(workspace_id)s AND p.id = near.contact_id
WHERE c.workspace_id = %(workspace_id)s
ORDER BY c.id, near.similarity DESC, p.id
