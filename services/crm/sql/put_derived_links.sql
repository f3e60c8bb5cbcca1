-- Keep the copied links between people who are still there, where the CRM gives none; write only what has changed.
INSERT INTO derived_links (workspace_id, id, contact_a, contact_b, strength, since)
SELECT %(workspace_id)s, i.id, i.contact_a, i.contact_b, i.strength, i.since
FROM incoming_links i
JOIN crm.contacts a ON a.workspace_id = %(workspace_id)s AND a.id = i.contact_a
JOIN crm.contacts b ON b.workspace_id = %(workspace_id)s AND b.id = i.contact_b
WHERE NOT EXISTS (
    SELECT FROM links given
    WHERE given.workspace_id = %(workspace_id)s AND given.contact_a = i.contact_a AND given.contact_b = i.contact_b
)
ON CONFLICT (workspace_id, id) DO UPDATE SET
    strength = excluded.strength, since = excluded.since, recorded_at = now()
WHERE (derived_links.strength, derived_links.since) IS DISTINCT FROM (excluded.strength, excluded.since)
