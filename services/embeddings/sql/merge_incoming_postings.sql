-- Keep the copied blocks that hold something.
INSERT INTO postings (workspace_id, term, block, entries)
SELECT %(workspace_id)s, i.term, i.block, i.entries
FROM incoming_postings i
WHERE length(i.entries) > 0
ON CONFLICT (workspace_id, term, block) DO UPDATE SET entries = excluded.entries
