-- A cluster as a run found it, in the place of the one with its id.
INSERT INTO clusters (workspace_id, id, model, centroid, top_topics, x, y, radius, silhouette)
VALUES (%(workspace_id)s, %(id)s, %(model)s, %(centroid)s, %(top_topics)s, %(x)s, %(y)s, %(radius)s, %(silhouette)s)
ON CONFLICT (workspace_id, id) DO UPDATE
SET model = excluded.model, centroid = excluded.centroid, top_topics = excluded.top_topics,
    x = excluded.x, y = excluded.y, radius = excluded.radius, silhouette = excluded.silhouette
