-- Which contact has each of these external ids, where one has.
SELECT one.source, one.external_id, one.id
FROM unnest(%(sources)s::text[], %(external_ids)s::text[]) AS asked (source, external_id)
CROSS JOIN LATERAL (
    SELECT c.source, c.external_id, c.id FROM contacts c
    WHERE c.workspace_id = %(workspace_id)s AND c.source = asked.source AND c.external_id = asked.external_id
    LIMIT 1
) one
