-- Whether a job of a kind has ended since it was due and none waits or runs; one about another time does not count.
SELECT coalesce(bool_and(state NOT IN ('queued', 'running')), false)
FROM jobs
WHERE workspace_id = %(workspace_id)s AND kind = %(kind)s AND arguments ->> 'as_of' IS NULL
  AND (state IN ('queued', 'running') OR finished_at >= %(due)s)
