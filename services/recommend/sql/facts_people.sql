-- Everybody who may meet or be met, in the order of their ids: the organization he belongs to, his influence.
SELECT uuid_send(id), lower(nullif(trim(organization), '')), influence_score
FROM crm.contacts
WHERE workspace_id = %(workspace_id)s AND archived_at IS NULL
ORDER BY id
