-- Until the transaction ends no other run takes the place of the one that stands.
SELECT pg_advisory_xact_lock_shared(hashtextextended('clusters:' || %(workspace_id)s::text, 0))
