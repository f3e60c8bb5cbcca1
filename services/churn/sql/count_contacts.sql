-- How many contacts are looked at in a run.
SELECT count(*) FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.archived_at IS NULL
