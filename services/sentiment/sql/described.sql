-- What stood in each contact's card by a moment: tags, notes, and since when.
SELECT c.id AS contact_id, v.tags, v.notes, v.valid_from
FROM crm.contacts c
JOIN LATERAL (
    SELECT w.tags, w.notes, w.valid_from
    FROM crm.contact_versions w
    WHERE w.workspace_id = %(workspace_id)s AND w.id = c.id AND w.valid_from <= %(as_of)s
    ORDER BY w.valid_from DESC, w.version DESC
    LIMIT 1
) AS v ON true
WHERE c.workspace_id = %(workspace_id)s AND c.id = ANY(%(ids)s)
