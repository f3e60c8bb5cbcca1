-- Every workspace and its time zone.
SELECT id, timezone FROM crm.list_workspaces()
