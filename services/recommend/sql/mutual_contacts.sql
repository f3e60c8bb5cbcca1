-- Who knows both a contact and each of some others, the strongest three of each: the weaker of the two ties counts.
SELECT candidate_id, id, first_name, last_name, strength
FROM (
    SELECT theirs.candidate_id, c.id, c.first_name, c.last_name,
           least(coalesce(mine.strength, 0.5), coalesce(theirs.strength, 0.5)) AS strength,
           row_number() OVER (
               PARTITION BY theirs.candidate_id
               ORDER BY least(coalesce(mine.strength, 0.5), coalesce(theirs.strength, 0.5)) DESC, c.id
           ) AS place
    FROM (
        SELECT l.contact_b AS id, l.strength FROM crm.links l
        WHERE l.workspace_id = %(workspace_id)s AND l.contact_a = %(contact_id)s
        UNION ALL
        SELECT l.contact_a, l.strength FROM crm.links l
        WHERE l.workspace_id = %(workspace_id)s AND l.contact_b = %(contact_id)s
    ) AS mine
    JOIN (
        SELECT l.contact_a AS candidate_id, l.contact_b AS id, l.strength FROM crm.links l
        WHERE l.workspace_id = %(workspace_id)s AND l.contact_a = ANY(%(candidate_ids)s)
        UNION ALL
        SELECT l.contact_b, l.contact_a, l.strength FROM crm.links l
        WHERE l.workspace_id = %(workspace_id)s AND l.contact_b = ANY(%(candidate_ids)s)
    ) AS theirs ON theirs.id = mine.id
    JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = mine.id AND c.archived_at IS NULL
) AS both_know
WHERE place <= 3
ORDER BY candidate_id, place
