-- Until the transaction ends nobody else changes who is in which cluster.
SELECT pg_advisory_xact_lock(hashtextextended('clusters:' || %(workspace_id)s::text, 0))
