-- Whether a contact is there, who is said to have been recommended him, and whether he was.
SELECT EXISTS (
           SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = %(target_id)s
       ) AS is_there,
       asked.id AS contact_id,
       EXISTS (
           SELECT FROM people p
           WHERE p.workspace_id = %(workspace_id)s AND p.contact_id = asked.id AND p.candidate_id = %(target_id)s
       ) OR EXISTS (
           SELECT FROM feedback f
           WHERE f.workspace_id = %(workspace_id)s AND f.contact_id = asked.id AND f.target_id = %(target_id)s
       ) AS was_made
FROM (
    SELECT coalesce(%(contact_id)s::uuid, (
        SELECT u.contact_id FROM crm.users u WHERE u.workspace_id = %(workspace_id)s AND u.id = %(user_id)s
    )) AS id
) AS asked
