-- What passed between a contact and anybody, from either side, in the order of the ids.
SELECT id, source, external_id, contact_id, counterpart_id, user_id, kind, direction, occurred_at, summary,
       recorded_at
FROM crm.interactions
WHERE workspace_id = %(workspace_id)s AND (contact_id = %(id)s OR counterpart_id = %(id)s)
  AND (%(after)s::uuid IS NULL OR id > %(after)s)
ORDER BY id
LIMIT %(limit)s
