-- The contacts nearest to each of some, by the workspace's index, walked once for each of them.
-- The cast is the index's own expression; without it the index goes unused.
SELECT anchor.contact_id AS anchor_id, near.contact_id, near.distance
FROM vectors anchor
CROSS JOIN LATERAL (
    SELECT v.contact_id, halfvec(v.embedding, %(dimensions)s, true) <=> anchor.embedding AS distance
    FROM vectors v
    WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id <> anchor.contact_id
    ORDER BY halfvec(v.embedding, %(dimensions)s, true) <=> anchor.embedding
    LIMIT %(limit)s
) AS near
WHERE anchor.workspace_id = %(workspace_id)s AND anchor.model = %(model)s AND anchor.contact_id = ANY(%(ids)s)
