-- Members who are gone from the facts.
DELETE FROM cluster_members m
WHERE m.workspace_id = %(workspace_id)s
  AND NOT EXISTS (SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = m.contact_id)
