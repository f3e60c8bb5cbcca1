-- From whom ties are seen: the calling user's card; whether a named ego is there, whether there are own people's ties.
SELECT u.contact_id AS card_id,
       EXISTS (SELECT FROM crm.contacts e WHERE e.workspace_id = %(workspace_id)s AND e.id = %(ego_id)s) AS ego_is_there,
       coalesce(
           (SELECT r.own_ties > 0 FROM runs r WHERE r.workspace_id = %(workspace_id)s AND r.state = 'current'),
           EXISTS (
               SELECT FROM crm.interactions i WHERE i.workspace_id = %(workspace_id)s AND i.counterpart_id IS NULL
           )
       ) AS has_own_ties,
       EXISTS (SELECT FROM runs r WHERE r.workspace_id = %(workspace_id)s AND r.state = 'current') AS has_run
FROM (VALUES (1)) AS one
LEFT JOIN crm.users u ON u.workspace_id = %(workspace_id)s AND u.id = %(user_id)s
