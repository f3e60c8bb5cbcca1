-- Copy figures in.
COPY incoming_tones (
    contact_id, overall, tags, notes, interactions, tags_confidence, notes_confidence, interactions_confidence
) FROM STDIN (FORMAT BINARY)
