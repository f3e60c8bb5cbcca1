-- Some of what has expired goes; what another transaction is about to claim anew is left to it.
DELETE FROM idempotency_keys d
WHERE d.workspace_id = %(workspace_id)s AND d.key_hash IN (
    SELECT e.key_hash FROM idempotency_keys e
    WHERE e.workspace_id = %(workspace_id)s AND e.expires_at <= now()
    ORDER BY e.expires_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
