-- A claim whose request is still running holds on; nothing where another has taken the key meanwhile.
UPDATE idempotency_keys
SET expires_at = now() + make_interval(secs => %(lifetime_s)s)
WHERE workspace_id = %(workspace_id)s AND key_hash = %(key_hash)s AND claim = %(claim)s AND status IS NULL
