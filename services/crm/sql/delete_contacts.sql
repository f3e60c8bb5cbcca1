-- Deletes one contact, with what belongs to it.
DELETE FROM contacts WHERE workspace_id = %(workspace_id)s AND id = %(id)s RETURNING id
