-- Keep each contact's newest figure of a week, but for contacts who are gone.
INSERT INTO history (workspace_id, week, contact_id, overall)
SELECT %(workspace_id)s, i.week, i.contact_id, i.overall
FROM incoming_weeks i
JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = i.contact_id
ON CONFLICT (workspace_id, week, contact_id) DO UPDATE SET overall = excluded.overall
