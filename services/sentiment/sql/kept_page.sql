-- A page of the shown figures in the order of the contacts' ids, of one label or of all; archived contacts left out.
SELECT t.contact_id, t.overall, t.tags, t.notes, t.interactions, t.tags_confidence, t.notes_confidence,
       t.interactions_confidence, r.model_version, r.facts_as_of, r.computed_at
FROM runs r
JOIN tones t ON t.workspace_id = %(workspace_id)s AND t.run_id = r.run_id
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = t.contact_id AND c.archived_at IS NULL
WHERE r.workspace_id = %(workspace_id)s AND r.state = 'current'
  AND (%(after)s::uuid IS NULL OR t.contact_id > %(after)s)
  AND t.overall > %(above)s AND t.overall <= %(up_to)s
ORDER BY t.contact_id
LIMIT %(limit)s
