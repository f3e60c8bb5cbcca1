-- The contacts that are there of many ids, in the order of their ids.
SELECT id, source, external_id, first_name, last_name, organization, title, emails, phones, urls, tags, notes,
       account_id, influence_score, community_id, custom, created_at, updated_at, archived_at, recorded_at
FROM crm.contacts
WHERE workspace_id = %(workspace_id)s AND id = ANY(%(ids)s)
ORDER BY id
