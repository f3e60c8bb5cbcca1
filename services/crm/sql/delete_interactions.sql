-- Deletes one interaction, with what belongs to it.
DELETE FROM interactions WHERE workspace_id = %(workspace_id)s AND id = %(id)s RETURNING id
