-- Deletes some links.
DELETE FROM links WHERE workspace_id = %(workspace_id)s AND id = ANY (%(ids)s::uuid[])
