-- Keep the copied documents.
INSERT INTO documents (workspace_id, contact_id, number, content_hash, words, grams, terms)
SELECT %(workspace_id)s, i.contact_id, i.number, i.content_hash, i.words, i.grams, i.terms
FROM incoming_documents i
ON CONFLICT (workspace_id, contact_id) DO UPDATE
SET content_hash = excluded.content_hash, words = excluded.words, grams = excluded.grams, terms = excluded.terms
