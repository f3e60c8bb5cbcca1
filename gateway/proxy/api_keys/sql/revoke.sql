-- Revokes a key for good and gives it back; the first time counts.
UPDATE api_keys SET revoked_at = coalesce(revoked_at, %(now)s)
WHERE workspace_id = %(workspace_id)s AND id = %(id)s
RETURNING id, workspace_id, user_id, name, prefix, scopes, created_at, created_by, expires_at, revoked_at, last_used_at
