-- What is known of the named contacts at a moment: influence, community, how tags and organization changed in 180 days.
-- Tags and organization are those of the versions that stood then; influence and communities have no past.
SELECT c.id, c.influence_score::float8, community.size::float8,
       CASE WHEN before.tags IS NOT NULL THEN
           (SELECT count(*) FROM unnest(stood.tags) tag WHERE tag <> ALL(before.tags))::float8
       END,
       CASE WHEN before.tags IS NOT NULL THEN
           (SELECT count(*) FROM unnest(before.tags) tag WHERE tag <> ALL(stood.tags))::float8
       END,
       CASE WHEN before.tags IS NOT NULL THEN
           (stood.organization IS DISTINCT FROM before.organization)::integer::float8
       END
FROM crm.contacts c
LEFT JOIN (
    SELECT m.community_id, count(*) AS size FROM crm.contacts m
    WHERE m.workspace_id = %(workspace_id)s AND m.community_id IS NOT NULL
    GROUP BY m.community_id
) AS community ON community.community_id = c.community_id
LEFT JOIN LATERAL (
    SELECT v.tags, v.organization FROM crm.contact_versions v
    WHERE v.workspace_id = %(workspace_id)s AND v.id = c.id AND v.valid_from <= %(as_of)s
    ORDER BY v.version DESC
    LIMIT 1
) AS stood ON true
LEFT JOIN LATERAL (
    SELECT v.tags, v.organization FROM crm.contact_versions v
    WHERE v.workspace_id = %(workspace_id)s AND v.id = c.id AND v.valid_from <= %(as_of)s - interval '180 days'
    ORDER BY v.version DESC
    LIMIT 1
) AS before ON true
WHERE c.workspace_id = %(workspace_id)s AND c.id = ANY(%(ids)s)
