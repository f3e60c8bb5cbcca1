-- Jobs that ended long ago leave the list.
DELETE FROM jobs
WHERE workspace_id = %(workspace_id)s AND created_at < now() - make_interval(days => %(days)s)
  AND state IN ('succeeded', 'failed', 'cancelled')
  AND finished_at < now() - make_interval(days => %(days)s)
