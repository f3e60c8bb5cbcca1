-- Whom each of some contacts could be introduced to: he who knows most of the contact's links, but not the contact yet.
-- Where ties are seen from a contact, it is somebody whom that one knows.
SELECT known.contact_id, best.id, best.mutual
FROM unnest(%(ids)s::uuid[]) AS known (contact_id)
CROSS JOIN LATERAL (
    SELECT second.id, count(*) AS mutual
    FROM (
        SELECT l.contact_b AS id FROM crm.links l
        WHERE l.workspace_id = %(workspace_id)s AND l.contact_a = known.contact_id
        UNION ALL
        SELECT l.contact_a FROM crm.links l
        WHERE l.workspace_id = %(workspace_id)s AND l.contact_b = known.contact_id
    ) AS first
    JOIN LATERAL (
        SELECT l.contact_b AS id FROM crm.links l
        WHERE l.workspace_id = %(workspace_id)s AND l.contact_a = first.id
        UNION ALL
        SELECT l.contact_a FROM crm.links l
        WHERE l.workspace_id = %(workspace_id)s AND l.contact_b = first.id
    ) AS second ON true
    JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = second.id AND c.archived_at IS NULL
    WHERE second.id <> known.contact_id AND second.id IS DISTINCT FROM %(ego_id)s::uuid
      AND NOT EXISTS (
            SELECT FROM crm.links l
            WHERE l.workspace_id = %(workspace_id)s AND l.contact_a = least(known.contact_id, second.id)
              AND l.contact_b = greatest(known.contact_id, second.id)
          )
      AND (%(ego_id)s::uuid IS NULL OR EXISTS (
            SELECT FROM crm.links l
            WHERE l.workspace_id = %(workspace_id)s AND l.contact_a = least(%(ego_id)s::uuid, second.id)
              AND l.contact_b = greatest(%(ego_id)s::uuid, second.id)
          ))
    GROUP BY second.id
    ORDER BY count(*) DESC, second.id
    LIMIT 1
) AS best
