-- Who sent something to whom, whether it went both ways, and when, up to a moment, in no order.
-- Where no other contact is named, a user who has a card of his own stands with it.
SELECT uuid_send(CASE i.direction WHEN 'out' THEN coalesce(i.counterpart_id, u.contact_id) ELSE i.contact_id END),
       uuid_send(CASE i.direction WHEN 'out' THEN i.contact_id ELSE coalesce(i.counterpart_id, u.contact_id) END),
       (i.direction = 'both')::integer::float8, extract(epoch FROM i.occurred_at)::float8 / 86400
FROM crm.interactions i
LEFT JOIN crm.users u ON u.workspace_id = %(workspace_id)s AND u.id = i.user_id
WHERE i.workspace_id = %(workspace_id)s
  AND i.occurred_at <= %(as_of)s
  AND coalesce(i.counterpart_id, u.contact_id) <> i.contact_id
