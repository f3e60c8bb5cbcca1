-- Where documents are copied to before they are merged.
CREATE TEMPORARY TABLE incoming_documents (
    contact_id uuid, number integer, content_hash bytea, words integer, grams integer, terms text[]
) ON COMMIT DROP
