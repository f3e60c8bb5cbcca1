-- The next changes of a workspace after this service's cursor, none that a running transaction might still precede.
SELECT c.transaction::text::bigint AS transaction, c.seq, c.kind, c.entity_id, c.op
FROM crm.changes c
WHERE c.workspace_id = %(workspace_id)s
  AND (c.transaction, c.seq) > (
        coalesce((SELECT f.transaction FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), '0'::xid8),
        coalesce((SELECT f.seq FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), 0)
      )
  AND c.transaction < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY c.transaction, c.seq
LIMIT %(limit)s
