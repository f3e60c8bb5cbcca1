-- The two ends of the named interactions: no ego is the workspace's own people.
SELECT DISTINCT i.counterpart_id, i.contact_id
FROM crm.interactions i
WHERE i.workspace_id = %(workspace_id)s AND i.id = ANY(%(ids)s)
