-- Nobody is recommended to a contact any more, by this run.
DELETE FROM people
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s AND contact_id = %(contact_id)s
