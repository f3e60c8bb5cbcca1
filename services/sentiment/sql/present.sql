-- Which of the named contacts are there.
SELECT id FROM crm.contacts WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s)
