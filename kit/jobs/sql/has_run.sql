-- Whether a job of a kind waits, or has started or ended since it was due; one about another time does not count.
SELECT EXISTS (
    SELECT FROM jobs
    WHERE workspace_id = %(workspace_id)s AND kind = %(kind)s AND arguments ->> 'as_of' IS NULL
      AND (state = 'queued' OR coalesce(started_at, finished_at) >= %(due)s)
)
