-- A file that has been imported, or never will be, leaves nothing behind.
DELETE FROM import_chunks WHERE workspace_id = %(workspace_id)s AND job_id = %(job_id)s
