-- A page of people, the most influential first, after the one the cursor names.
SELECT id, first_name, last_name, organization, title, influence_score, community_id
FROM crm.contacts
WHERE workspace_id = %(workspace_id)s AND influence_score IS NOT NULL
  AND (%(after)s::uuid IS NULL OR (-influence_score, id) > (
        SELECT -last.influence_score, last.id FROM crm.contacts last
        WHERE last.workspace_id = %(workspace_id)s AND last.id = %(after)s
      ))
ORDER BY -influence_score, id
LIMIT %(limit)s
