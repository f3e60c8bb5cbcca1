-- Until the transaction ends nobody else asks for this workspace's nightly job of a kind.
SELECT pg_advisory_xact_lock(hashtextextended('nightly:' || %(workspace_id)s::text || ':' || %(kind)s, 0))
