-- Keep the copied places of people who are still there; what has not changed is not written.
INSERT INTO contact_graph (workspace_id, contact_id, influence_score, community_id)
SELECT %(workspace_id)s, i.contact_id, i.influence_score, i.community_id
FROM incoming_people i
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = i.contact_id
ON CONFLICT (workspace_id, contact_id) DO UPDATE SET
    influence_score = excluded.influence_score, community_id = excluded.community_id
WHERE (contact_graph.influence_score, contact_graph.community_id)
    IS DISTINCT FROM (excluded.influence_score, excluded.community_id)
