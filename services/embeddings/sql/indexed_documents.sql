-- The named contacts' documents as they are in the index.
SELECT contact_id, number, content_hash, terms, words, grams
FROM documents
WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(ids)s)
