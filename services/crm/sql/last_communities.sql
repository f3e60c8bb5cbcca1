-- Who was in which derived community after the last run.
SELECT uuid_send(contact_id), community_id FROM contact_graph WHERE workspace_id = %(workspace_id)s
