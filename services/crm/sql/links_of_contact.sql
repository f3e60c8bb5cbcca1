-- Whom a contact knows, in the order of the links' ids.
SELECT id, source, external_id, contact_a, contact_b, strength, since, recorded_at
FROM crm.links
WHERE workspace_id = %(workspace_id)s AND (contact_a = %(id)s OR contact_b = %(id)s)
  AND (%(after)s::uuid IS NULL OR id > %(after)s)
ORDER BY id
LIMIT %(limit)s
