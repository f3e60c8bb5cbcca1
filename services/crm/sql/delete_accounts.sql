-- Deletes one account, with what belongs to it.
DELETE FROM accounts WHERE workspace_id = %(workspace_id)s AND id = %(id)s RETURNING id
