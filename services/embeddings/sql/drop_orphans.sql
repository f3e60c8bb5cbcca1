-- Vectors of contacts that are gone.
DELETE FROM vectors v
WHERE v.workspace_id = %(workspace_id)s
  AND NOT EXISTS (SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = v.contact_id)
