-- Scores of ties whose ends are gone from the facts.
DELETE FROM scores s
WHERE s.workspace_id = %(workspace_id)s AND s.run_id = %(run_id)s
  AND (NOT EXISTS (SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = s.contact_id)
       OR (s.ego_id <> %(ours)s
           AND NOT EXISTS (SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = s.ego_id)))
