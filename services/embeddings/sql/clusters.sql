-- The run that stands and its clusters, the largest first, each with how many are in it now.
SELECT r.model, r.computed_at, r.facts_as_of, coalesce(
    (
        SELECT jsonb_agg(to_jsonb(found) ORDER BY found.size DESC, found.id)
        FROM (
            SELECT c.id, c.top_topics, c.x, c.y, c.radius, c.silhouette, s.size
            FROM clusters c
            JOIN (
                SELECT m.cluster_id, count(*) AS size
                FROM cluster_members m
                WHERE m.workspace_id = %(workspace_id)s
                GROUP BY m.cluster_id
            ) s ON s.cluster_id = c.id
            WHERE c.workspace_id = %(workspace_id)s
        ) found
    ), '[]'
) AS clusters
FROM cluster_runs r
WHERE r.workspace_id = %(workspace_id)s
