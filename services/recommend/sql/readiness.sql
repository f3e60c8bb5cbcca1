-- How much a workspace has of what recommendations are made from.
SELECT (SELECT count(*) FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.archived_at IS NULL) AS people,
       (SELECT count(*) FROM crm.links l WHERE l.workspace_id = %(workspace_id)s) AS links,
       (SELECT count(*) FROM crm.interactions i WHERE i.workspace_id = %(workspace_id)s) AS interactions,
       (SELECT count(*) FROM feedback f WHERE f.workspace_id = %(workspace_id)s) AS feedback
