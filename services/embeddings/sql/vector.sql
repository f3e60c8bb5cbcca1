-- A contact's vector, with when and from which text it was made.
SELECT embedding, content_hash, embedded_at
FROM vectors
WHERE workspace_id = %(workspace_id)s AND model = %(model)s AND contact_id = %(contact_id)s
