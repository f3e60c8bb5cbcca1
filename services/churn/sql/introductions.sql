-- Whom each of some contacts could be introduced to: he who knows most of the contact's links, but not the contact yet.
-- Where ties are seen from a contact, it is somebody whom that one knows. Of many links the strongest 200 are looked at.
WITH egos AS MATERIALIZED (
    SELECT l.contact_b AS id FROM crm.links l
    WHERE l.workspace_id = %(workspace_id)s AND l.contact_a = %(ego_id)s::uuid
    UNION ALL
    SELECT l.contact_a FROM crm.links l
    WHERE l.workspace_id = %(workspace_id)s AND l.contact_b = %(ego_id)s::uuid
)
SELECT known.contact_id, best.id
FROM unnest(%(ids)s::uuid[]) AS known (contact_id)
CROSS JOIN LATERAL (
    WITH mine AS MATERIALIZED (
        SELECT either.id FROM (
            SELECT l.contact_b AS id, l.strength FROM crm.links l
            WHERE l.workspace_id = %(workspace_id)s AND l.contact_a = known.contact_id
            UNION ALL
            SELECT l.contact_a, l.strength FROM crm.links l
            WHERE l.workspace_id = %(workspace_id)s AND l.contact_b = known.contact_id
        ) AS either
        ORDER BY either.strength DESC NULLS LAST, either.id
    )
    SELECT theirs.id, theirs.mutual
    FROM (
        SELECT second.id, count(*) AS mutual
        FROM (SELECT mine.id FROM mine LIMIT 200) AS first
        CROSS JOIN LATERAL (
            SELECT l.contact_b AS id FROM crm.links l
            WHERE l.workspace_id = %(workspace_id)s AND l.contact_a = first.id
            UNION ALL
            SELECT l.contact_a FROM crm.links l
            WHERE l.workspace_id = %(workspace_id)s AND l.contact_b = first.id
        ) AS second
        WHERE second.id <> known.contact_id AND second.id IS DISTINCT FROM %(ego_id)s::uuid
          AND second.id NOT IN (SELECT mine.id FROM mine)
          AND (%(ego_id)s::uuid IS NULL OR second.id IN (SELECT egos.id FROM egos))
        GROUP BY second.id
    ) AS theirs
    JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = theirs.id AND c.archived_at IS NULL
    ORDER BY theirs.mutual DESC, theirs.id
    LIMIT 1
) AS best
