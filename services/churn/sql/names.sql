-- What the named contacts are called.
SELECT id, trim(first_name || ' ' || last_name) FROM crm.contacts
WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s) AND archived_at IS NULL
