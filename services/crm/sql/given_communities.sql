-- Community ids that the CRM itself uses.
SELECT DISTINCT community_id FROM contacts WHERE workspace_id = %(workspace_id)s AND community_id IS NOT NULL
