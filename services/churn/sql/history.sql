-- What was said of a tie, the newest first, after a moment.
SELECT facts_as_of, state, probability, horizon_days, model_version
FROM history
WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s AND ego_id = %(ego_id)s
  AND (%(before)s::timestamptz IS NULL OR facts_as_of < %(before)s::timestamptz)
ORDER BY facts_as_of DESC
LIMIT %(limit)s
