-- Keep the copied blocks.
INSERT INTO postings (workspace_id, term, block, entries)
SELECT %(workspace_id)s, i.term, i.block, i.entries
FROM incoming_postings i
ON CONFLICT (workspace_id, term, block) DO UPDATE SET entries = excluded.entries
