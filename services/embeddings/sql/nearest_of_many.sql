-- The contacts nearest to each of some, exactly: every vector of the workspace is compared with each of theirs.
SELECT anchor.contact_id AS anchor_id, near.contact_id, near.distance
FROM vectors anchor
CROSS JOIN LATERAL (
    SELECT v.contact_id, v.embedding <=> anchor.embedding AS distance
    FROM vectors v
    WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id <> anchor.contact_id
    ORDER BY v.embedding <=> anchor.embedding, v.contact_id
    LIMIT %(limit)s
) AS near
WHERE anchor.workspace_id = %(workspace_id)s AND anchor.model = %(model)s AND anchor.contact_id = ANY(%(ids)s)
