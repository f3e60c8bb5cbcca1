-- Everything up to this change has been dealt with; a cursor never moves back.
INSERT INTO feed_cursors (workspace_id, transaction, seq)
VALUES (%(workspace_id)s, %(transaction)s, %(seq)s)
ON CONFLICT (workspace_id) DO UPDATE SET transaction = excluded.transaction, seq = excluded.seq, moved_at = now()
WHERE (feed_cursors.transaction, feed_cursors.seq) < (excluded.transaction, excluded.seq)
