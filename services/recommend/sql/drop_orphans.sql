-- People of a run who are gone from the facts.
DELETE FROM people p
WHERE p.workspace_id = %(workspace_id)s
  AND (NOT EXISTS (SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = p.contact_id)
       OR NOT EXISTS (SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = p.candidate_id))
