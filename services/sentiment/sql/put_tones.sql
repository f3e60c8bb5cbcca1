-- Keep the copied figures of a run, but for those of contacts who are gone: one erased meanwhile must not come back.
INSERT INTO tones (
    workspace_id, run_id, contact_id, overall, tags, notes, interactions, tags_confidence, notes_confidence,
    interactions_confidence
)
SELECT %(workspace_id)s, %(run_id)s, i.contact_id, i.overall, i.tags, i.notes, i.interactions, i.tags_confidence,
       i.notes_confidence, i.interactions_confidence
FROM incoming_tones i
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = i.contact_id
ON CONFLICT (workspace_id, run_id, contact_id) DO UPDATE
SET overall = excluded.overall, tags = excluded.tags, notes = excluded.notes, interactions = excluded.interactions,
    tags_confidence = excluded.tags_confidence, notes_confidence = excluded.notes_confidence,
    interactions_confidence = excluded.interactions_confidence
