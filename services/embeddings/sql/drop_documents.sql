-- The named contacts' documents.
DELETE FROM documents WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(ids)s)
