-- Whom a contact should meet by the current run, the best first.
-- Nobody he is linked to by now, dismissed or wanted to connect with; nobody archived, merged or erased since.
SELECT p.candidate_id, p.raw, p.mutual, p.semantic_similarity, p.influence, p.same_organization, p.base, p.share_values,
       p.comparisons, p.contributions, c.first_name, c.last_name, c.organization, c.title, c.tags
FROM people_runs r
JOIN people p ON p.workspace_id = %(workspace_id)s AND p.run_id = r.run_id
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = p.candidate_id
WHERE r.workspace_id = %(workspace_id)s AND r.state = 'current'
  AND p.contact_id = coalesce(%(contact_id)s::uuid, (
        SELECT u.contact_id FROM crm.users u WHERE u.workspace_id = %(workspace_id)s AND u.id = %(user_id)s
      ))
  AND c.archived_at IS NULL
  AND NOT EXISTS (
        SELECT FROM crm.links l
        WHERE l.workspace_id = %(workspace_id)s
          AND l.contact_a = least(p.contact_id, p.candidate_id) AND l.contact_b = greatest(p.contact_id, p.candidate_id)
      )
  AND NOT EXISTS (
        SELECT FROM feedback f
        WHERE f.workspace_id = %(workspace_id)s AND f.contact_id = p.contact_id AND f.target_id = p.candidate_id
      )
ORDER BY p.rank
