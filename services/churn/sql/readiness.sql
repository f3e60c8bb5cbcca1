-- How much a workspace has of what ties are judged by.
SELECT (SELECT count(*) FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.archived_at IS NULL) AS people,
       (SELECT count(*) FROM crm.interactions i WHERE i.workspace_id = %(workspace_id)s) AS interactions,
       coalesce((SELECT r.ties FROM runs r WHERE r.workspace_id = %(workspace_id)s AND r.state = 'current'), 0) AS ties,
       (SELECT count(*) FROM feedback f WHERE f.workspace_id = %(workspace_id)s) AS feedback
