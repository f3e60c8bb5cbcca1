-- Keep the copied links between people who are still there; what has not changed is not written.
INSERT INTO derived_links (workspace_id, id, contact_a, contact_b, strength, since)
SELECT %(workspace_id)s, i.id, i.contact_a, i.contact_b, i.strength, i.since
FROM incoming_links i
JOIN crm.contacts a ON a.workspace_id = %(workspace_id)s AND a.id = i.contact_a
JOIN crm.contacts b ON b.workspace_id = %(workspace_id)s AND b.id = i.contact_b
ON CONFLICT (workspace_id, id) DO UPDATE SET
    strength = excluded.strength, since = excluded.since, recorded_at = now()
WHERE (derived_links.strength, derived_links.since) IS DISTINCT FROM (excluded.strength, excluded.since)
