-- The contacts that clusters are learnt from: all with a vector, or a part that stays the same while they stay.
SELECT c.id, v.embedding, c.first_name, c.last_name, c.title, c.organization, c.tags, m.cluster_id
FROM (
    SELECT s.contact_id
    FROM vectors s
    WHERE s.workspace_id = %(workspace_id)s AND s.model = %(model)s
    ORDER BY hashtextextended(s.contact_id::text, 0), s.contact_id
    LIMIT %(limit)s
) chosen
JOIN vectors v ON v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = chosen.contact_id
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = chosen.contact_id
LEFT JOIN cluster_members m ON m.workspace_id = %(workspace_id)s AND m.contact_id = chosen.contact_id
ORDER BY c.id
