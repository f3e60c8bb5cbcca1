-- As facts_exchanges, of the named contacts: sender, receiver, whether it went both ways, day.
SELECT uuid_send(CASE i.direction WHEN 'out' THEN coalesce(i.counterpart_id, u.contact_id) ELSE i.contact_id END),
       uuid_send(CASE i.direction WHEN 'out' THEN i.contact_id ELSE coalesce(i.counterpart_id, u.contact_id) END),
       (i.direction = 'both')::integer::float8, extract(epoch FROM i.occurred_at)::float8 / 86400
FROM crm.interactions i
LEFT JOIN crm.users u ON u.workspace_id = %(workspace_id)s AND u.id = i.user_id
WHERE i.workspace_id = %(workspace_id)s
  AND i.occurred_at <= %(as_of)s
  AND coalesce(i.counterpart_id, u.contact_id) <> i.contact_id
  AND (i.contact_id = ANY(%(ids)s)
       OR i.counterpart_id = ANY(%(ids)s)
       OR i.user_id = ANY(ARRAY(
            SELECT card.id FROM crm.users card
            WHERE card.workspace_id = %(workspace_id)s AND card.contact_id = ANY(%(ids)s)
          )))
