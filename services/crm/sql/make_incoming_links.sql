-- Where derived links are copied to before they are merged.
CREATE TEMPORARY TABLE incoming_links (
    id uuid, contact_a uuid, contact_b uuid, strength double precision, since timestamptz
) ON COMMIT DROP
