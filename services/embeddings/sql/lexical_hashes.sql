-- From what each of the named contacts was indexed.
SELECT contact_id, content_hash FROM documents WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(ids)s)
