-- Adds a key; its secret is not in it, only the hash.
INSERT INTO api_keys (workspace_id, id, user_id, name, prefix, sha256, scopes, created_at, created_by, expires_at)
VALUES (
    %(workspace_id)s, %(id)s, %(user_id)s, %(name)s, %(prefix)s, %(sha256)s, %(scopes)s, %(created_at)s,
    %(created_by)s, %(expires_at)s
)
