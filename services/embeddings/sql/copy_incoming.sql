-- Copy new vectors in.
COPY incoming_vectors (contact_id, content_hash, embedding, labels) FROM STDIN (FORMAT BINARY)
