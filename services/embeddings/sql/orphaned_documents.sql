-- Contacts that are gone and still have a document.
SELECT d.contact_id
FROM documents d
WHERE d.workspace_id = %(workspace_id)s
  AND NOT EXISTS (SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = d.contact_id)
