-- What passed between the named contacts and us, or other contacts, in two years: seen from the contact, in is his.
SELECT i.contact_id, i.occurred_at, i.direction, i.counterpart_id IS NULL AS with_us, i.summary
FROM crm.interactions i
WHERE i.workspace_id = %(workspace_id)s AND i.contact_id = ANY(%(ids)s)
  AND i.occurred_at <= %(as_of)s AND i.occurred_at > %(as_of)s - interval '730 days'
UNION ALL
SELECT i.counterpart_id, i.occurred_at, CASE i.direction WHEN 'in' THEN 'out' WHEN 'out' THEN 'in' ELSE i.direction END,
       false, i.summary
FROM crm.interactions i
WHERE i.workspace_id = %(workspace_id)s AND i.counterpart_id = ANY(%(ids)s) AND i.counterpart_id <> i.contact_id
  AND i.occurred_at <= %(as_of)s AND i.occurred_at > %(as_of)s - interval '730 days'
ORDER BY 1, 2
