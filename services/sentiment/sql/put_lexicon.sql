-- A workspace says what tags mean.
INSERT INTO lexicon (workspace_id, tag, value)
SELECT %(workspace_id)s, tag, value FROM unnest(%(tags)s::text[], %(values)s::real[]) AS given (tag, value)
ON CONFLICT (workspace_id, tag) DO UPDATE SET value = excluded.value
