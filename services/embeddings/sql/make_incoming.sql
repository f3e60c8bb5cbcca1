-- Where new vectors are copied to before they are merged.
CREATE TEMPORARY TABLE incoming_vectors (contact_id uuid, content_hash bytea, embedding halfvec, labels text[]) ON COMMIT DROP
