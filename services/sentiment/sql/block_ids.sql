-- The next contacts of a workspace in the order of their ids, archived ones left out.
SELECT id FROM crm.contacts
WHERE workspace_id = %(workspace_id)s AND archived_at IS NULL
  AND (%(after_id)s::uuid IS NULL OR id > %(after_id)s)
ORDER BY id
LIMIT %(limit)s
