-- Members whom the new run puts nowhere.
DELETE FROM cluster_members m
WHERE m.workspace_id = %(workspace_id)s AND NOT EXISTS (SELECT FROM placed p WHERE p.contact_id = m.contact_id)
