-- Who wrote to whom and when, up to a moment, in no order: 1 from the contact, 2 to it, 3 both ways.
-- Where no other contact is named, a user who has a card of his own stands with it.
SELECT uuid_send(i.contact_id), uuid_send(coalesce(i.counterpart_id, u.contact_id)),
       CASE i.direction WHEN 'in' THEN 1 WHEN 'out' THEN 2 ELSE 3 END,
       (extract(epoch FROM i.occurred_at) * 1000000)::bigint
FROM crm.interactions i
LEFT JOIN crm.users u ON u.workspace_id = %(workspace_id)s AND u.id = i.user_id
WHERE i.workspace_id = %(workspace_id)s
  AND i.occurred_at <= %(as_of)s
  AND coalesce(i.counterpart_id, u.contact_id) <> i.contact_id
