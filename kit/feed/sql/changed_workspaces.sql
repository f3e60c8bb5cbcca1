-- Workspaces written to since an earlier look, and the point from which to look the next time.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text, array(
    SELECT w.id FROM crm.list_workspaces(%(since)s::xid8) w
)
