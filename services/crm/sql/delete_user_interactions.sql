-- Deletes one user interaction, with what belongs to it.
DELETE FROM user_interactions WHERE workspace_id = %(workspace_id)s AND id = %(id)s RETURNING id
