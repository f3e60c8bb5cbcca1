-- The shown figures of the named contacts.
SELECT t.contact_id, t.overall, t.tags, t.notes, t.interactions, t.tags_confidence, t.notes_confidence,
       t.interactions_confidence, r.model_version, r.facts_as_of, r.computed_at
FROM runs r
JOIN tones t ON t.workspace_id = %(workspace_id)s AND t.run_id = r.run_id AND t.contact_id = ANY(%(ids)s)
WHERE r.workspace_id = %(workspace_id)s AND r.state = 'current'
