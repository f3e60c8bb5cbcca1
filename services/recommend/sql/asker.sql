-- Who asks: the named contact, or the card of the calling user.
-- Whether it is there, and has people in the current run; since when it has had a tie that these lack.
SELECT asked.id AS contact_id, c.id IS NOT NULL AS is_there, c.organization, coalesce(c.tags, '{}') AS tags,
       EXISTS (
           SELECT FROM people p
           WHERE p.workspace_id = %(workspace_id)s AND p.contact_id = asked.id
             AND p.run_id = (SELECT r.run_id FROM people_runs r WHERE r.workspace_id = %(workspace_id)s AND r.state = 'current')
       ) AS has_people,
       (
           SELECT o.marked_at FROM people_outdated o
           WHERE o.workspace_id = %(workspace_id)s AND o.contact_id = asked.id
       ) AS outdated_at,
       EXISTS (
           SELECT FROM crm.links l
           WHERE l.workspace_id = %(workspace_id)s AND (l.contact_a = asked.id OR l.contact_b = asked.id)
       ) AS has_links
FROM (
    SELECT coalesce(%(contact_id)s::uuid, (
        SELECT u.contact_id FROM crm.users u WHERE u.workspace_id = %(workspace_id)s AND u.id = %(user_id)s
    )) AS id
) AS asked
LEFT JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = asked.id
