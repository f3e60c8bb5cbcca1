-- Which keys have these hashes, whoever they belong to?
SELECT sha256, id, workspace_id, user_id, name, prefix, scopes, created_at, created_by, expires_at, revoked_at,
       last_used_at
FROM api_keys
WHERE sha256 = ANY(%(sha256s)s::bytea[])
