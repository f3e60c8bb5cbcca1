-- Some contacts of the workspace's own people, by a hash of their ids: the same some whenever it is asked.
SELECT c.id FROM crm.contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.archived_at IS NULL
  AND EXISTS (
        SELECT FROM crm.interactions i
        WHERE i.workspace_id = %(workspace_id)s AND i.contact_id = c.id AND i.counterpart_id IS NULL
          AND i.occurred_at <= %(as_of)s
      )
ORDER BY md5(c.id::text)
LIMIT %(limit)s
