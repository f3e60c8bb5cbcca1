-- How many facts of each kind a workspace has; contacts that are archived take no part.
SELECT (SELECT count(*) FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.archived_at IS NULL)
           AS contacts,
       (SELECT count(*) FROM crm.links l WHERE l.workspace_id = %(workspace_id)s) AS links,
       (SELECT count(*) FROM crm.interactions i WHERE i.workspace_id = %(workspace_id)s) AS interactions,
       (SELECT count(*) FROM crm.accounts a WHERE a.workspace_id = %(workspace_id)s) AS accounts,
       (SELECT count(*) FROM crm.research_runs r WHERE r.workspace_id = %(workspace_id)s) AS research_runs,
       (SELECT count(*) FROM crm.user_interactions u WHERE u.workspace_id = %(workspace_id)s) AS user_interactions
