-- Until the transaction ends nobody else divides the vectors of a workspace and a model into cells, or places any.
SELECT pg_advisory_xact_lock(hashtextextended('cells:' || index_name(%(workspace_id)s, %(model)s), 0))
