-- How many contacts a workspace has, archived ones left out.
SELECT count(*) FROM crm.contacts WHERE workspace_id = %(workspace_id)s AND archived_at IS NULL
