-- Gives the users whose card was merged the kept one.
UPDATE users SET contact_id = %(kept)s, updated_at = now()
WHERE workspace_id = %(workspace_id)s AND contact_id = ANY (%(merged)s::uuid[])
