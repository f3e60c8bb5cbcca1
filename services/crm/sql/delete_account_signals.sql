-- Deletes one signal, with what belongs to it.
DELETE FROM account_signals WHERE workspace_id = %(workspace_id)s AND id = %(id)s RETURNING id
