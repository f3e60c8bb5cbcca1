-- Let go of a key whose request came to nothing that is worth keeping.
DELETE FROM idempotency_keys
WHERE workspace_id = %(workspace_id)s AND key_hash = %(key_hash)s AND claim = %(claim)s AND status IS NULL
