-- A workspace's totals, locked until the transaction ends: whoever else writes its index waits.
INSERT INTO lexicons (workspace_id)
VALUES (%(workspace_id)s)
ON CONFLICT (workspace_id) DO UPDATE SET workspace_id = excluded.workspace_id
RETURNING documents, words, grams, next_number, indexed_at
