-- One cluster of the run that stands, and a page of its members, the nearest to its centre first.
SELECT r.model, r.computed_at, r.facts_as_of, jsonb_build_object(
           'id', c.id, 'top_topics', c.top_topics, 'x', c.x, 'y', c.y, 'radius', c.radius, 'silhouette', c.silhouette,
           'size', (
               SELECT count(*) FROM cluster_members m WHERE m.workspace_id = %(workspace_id)s AND m.cluster_id = c.id
           )
       ) AS cluster,
       %(after)s::uuid IS NULL OR last.contact_id IS NOT NULL AS cursor_holds,
       array(
           SELECT jsonb_build_object(
                      'id', p.id, 'first_name', p.first_name, 'last_name', p.last_name, 'organization', p.organization,
                      'title', p.title, 'similarity', least(1, greatest(0, m.similarity))
                  )
           FROM cluster_members m
           JOIN crm.contacts p ON p.workspace_id = %(workspace_id)s AND p.id = m.contact_id
           WHERE m.workspace_id = %(workspace_id)s AND m.cluster_id = c.id
             AND (%(after)s::uuid IS NULL OR m.similarity < last.similarity
                  OR (m.similarity = last.similarity AND m.contact_id > last.contact_id))
           ORDER BY m.similarity DESC, m.contact_id
           LIMIT %(limit)s
       ) AS members
FROM clusters c
JOIN cluster_runs r ON r.workspace_id = %(workspace_id)s
LEFT JOIN cluster_members last
       ON last.workspace_id = %(workspace_id)s AND last.cluster_id = c.id AND last.contact_id = %(after)s
WHERE c.workspace_id = %(workspace_id)s AND c.id = %(cluster_id)s
