-- Whether a run is still shown; until the transaction's end it then stays.
SELECT run_id FROM runs
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s AND state = 'current'
FOR KEY SHARE
