-- What is known of a key that is taken: which request it belongs to, and its answer once there is one.
SELECT fingerprint, status, headers, body
FROM idempotency_keys
WHERE workspace_id = %(workspace_id)s AND key_hash = %(key_hash)s AND expires_at > now()
