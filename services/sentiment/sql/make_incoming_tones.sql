-- Where figures are copied to before they are kept.
CREATE TEMPORARY TABLE incoming_tones (
    contact_id uuid, overall real, tags real, notes real, interactions real, tags_confidence real, notes_confidence real,
    interactions_confidence real
) ON COMMIT DROP
