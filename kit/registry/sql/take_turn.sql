-- Whoever changes what serves under a name waits here for the others.
SELECT pg_advisory_xact_lock(hashtextextended(%(workspace_id)s::text || ':' || %(name)s, 0))
