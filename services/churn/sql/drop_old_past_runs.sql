-- Of the runs about other times the newest stay.
DELETE FROM runs
WHERE workspace_id = %(workspace_id)s AND state = 'past'
  AND run_id NOT IN (
        SELECT p.run_id FROM runs p WHERE p.workspace_id = %(workspace_id)s AND p.state = 'past'
        ORDER BY p.computed_at DESC, p.run_id
        LIMIT %(keep)s
      )
