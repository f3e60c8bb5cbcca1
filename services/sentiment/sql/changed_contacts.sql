-- Whom the named interactions are about, on either side.
SELECT i.contact_id FROM crm.interactions i WHERE i.workspace_id = %(workspace_id)s AND i.id = ANY(%(ids)s)
UNION
SELECT i.counterpart_id FROM crm.interactions i
WHERE i.workspace_id = %(workspace_id)s AND i.id = ANY(%(ids)s) AND i.counterpart_id IS NOT NULL
