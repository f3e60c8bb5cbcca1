-- Which of the named contacts are still there.
SELECT c.id FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = ANY(%(ids)s)
