-- Add one piece of a file to import.
INSERT INTO import_chunks (workspace_id, job_id, number, bytes)
VALUES (%(workspace_id)s, %(job_id)s, %(number)s, %(bytes)s)
