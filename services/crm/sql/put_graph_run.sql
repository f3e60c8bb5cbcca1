-- The derived rows are now those of this run; a trigger tells the followers.
INSERT INTO graph_runs (workspace_id, as_of) VALUES (%(workspace_id)s, %(as_of)s)
ON CONFLICT (workspace_id) DO UPDATE SET as_of = excluded.as_of, computed_at = now()
