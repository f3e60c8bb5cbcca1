-- Labels of contacts that are gone.
DELETE FROM labels l
WHERE l.workspace_id = %(workspace_id)s
  AND NOT EXISTS (SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = l.contact_id)
