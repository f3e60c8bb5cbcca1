-- What passed in a workspace up to a moment, in no order: seen from the counterpart, or from the workspace's own people.
SELECT uuid_send(i.counterpart_id), uuid_send(i.contact_id), timestamptz_send(i.occurred_at),
       CASE i.direction WHEN 'out' THEN 1 WHEN 'in' THEN -1 ELSE 0 END
FROM crm.interactions i
WHERE i.workspace_id = %(workspace_id)s AND i.occurred_at <= %(as_of)s AND i.occurred_at > %(since)s
