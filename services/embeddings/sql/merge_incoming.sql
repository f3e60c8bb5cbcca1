-- Keep the copied vectors of contacts that are still there: one erased meanwhile must not come back.
INSERT INTO vectors (workspace_id, model, contact_id, content_hash, embedding, labels)
SELECT %(workspace_id)s, %(model)s, i.contact_id, i.content_hash, i.embedding, i.labels
FROM incoming_vectors i
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = i.contact_id
ON CONFLICT (workspace_id, model, contact_id) DO UPDATE
SET content_hash = excluded.content_hash, embedding = excluded.embedding, labels = excluded.labels, embedded_at = now()
