-- One piece of a file to import.
SELECT bytes FROM import_chunks
WHERE workspace_id = %(workspace_id)s AND job_id = %(job_id)s AND number = %(number)s
