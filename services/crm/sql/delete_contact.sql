-- A contact and every version of it.
DELETE FROM contacts WHERE workspace_id = %(workspace_id)s AND id = %(id)s RETURNING id
