-- What was used long ago.
DELETE FROM spent_tokens WHERE workspace_id = %(workspace_id)s AND day < (now() AT TIME ZONE 'utc')::date - 400
