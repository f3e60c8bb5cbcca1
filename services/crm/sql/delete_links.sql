-- Deletes one link, with what belongs to it.
DELETE FROM links WHERE workspace_id = %(workspace_id)s AND id = %(id)s RETURNING id
