-- Copy documents in.
COPY incoming_documents (contact_id, number, content_hash, words, grams, terms) FROM STDIN (FORMAT BINARY)
