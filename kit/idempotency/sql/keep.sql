-- Keep the answer of a request under its key.
UPDATE idempotency_keys
SET fingerprint = %(fingerprint)s, status = %(status)s, headers = %(headers)s, body = %(body)s,
    expires_at = now() + make_interval(secs => %(lifetime_s)s)
WHERE workspace_id = %(workspace_id)s AND key_hash = %(key_hash)s AND claim = %(claim)s
