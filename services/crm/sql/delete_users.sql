-- Deletes one user, with what belongs to it.
DELETE FROM users WHERE workspace_id = %(workspace_id)s AND id = %(id)s RETURNING id
