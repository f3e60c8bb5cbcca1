-- Which keys does a workspace have, newest first, after a given one?
SELECT k.id, k.workspace_id, k.user_id, k.name, k.prefix, k.scopes, k.created_at, k.created_by, k.expires_at,
       k.revoked_at, k.last_used_at
FROM api_keys k
WHERE k.workspace_id = %(workspace_id)s
  AND (
    %(after)s::uuid IS NULL
    OR (k.created_at, k.id) < (
        SELECT last.created_at, last.id FROM api_keys last
        WHERE last.workspace_id = %(workspace_id)s AND last.id = %(after)s::uuid
    )
  )
ORDER BY k.created_at DESC, k.id DESC
LIMIT %(limit)s
