-- Keeps hashes of what an erased contact was known by.
INSERT INTO suppressions (workspace_id, hash)
SELECT %(workspace_id)s, hash FROM unnest(%(hashes)s::bytea[]) AS hash
ON CONFLICT DO NOTHING
