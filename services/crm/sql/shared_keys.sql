-- Which contacts have an e-mail, a phone, or name and organization in common, each with few others.
SELECT kind, array_agg(contact_id ORDER BY contact_id) AS contact_ids
FROM contact_keys
WHERE workspace_id = %(workspace_id)s AND kind <> 'domain'
GROUP BY kind, key
HAVING count(*) BETWEEN 2 AND %(shared_by_at_most)s
