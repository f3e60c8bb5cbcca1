-- Claim a key for one request: it is free, or what was kept or claimed under it has expired. Nothing where it is taken.
INSERT INTO idempotency_keys (workspace_id, key_hash, claim, fingerprint, expires_at)
VALUES (
    %(workspace_id)s, %(key_hash)s, %(claim)s, %(fingerprint)s, now() + make_interval(secs => %(lifetime_s)s)
)
ON CONFLICT (workspace_id, key_hash) DO UPDATE
SET claim = excluded.claim, fingerprint = excluded.fingerprint, expires_at = excluded.expires_at,
    status = NULL, headers = NULL, body = NULL
WHERE idempotency_keys.expires_at <= now()
RETURNING claim
