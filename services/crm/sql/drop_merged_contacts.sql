-- Deletes contacts whose everything was given to another.
DELETE FROM contacts WHERE workspace_id = %(workspace_id)s AND id = ANY (%(ids)s::uuid[])
