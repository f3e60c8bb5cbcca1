-- Deletes what "passed" between rows that are one person.
DELETE FROM interactions
WHERE workspace_id = %(workspace_id)s AND contact_id = ANY (%(ids)s::uuid[]) AND counterpart_id = ANY (%(ids)s::uuid[])
