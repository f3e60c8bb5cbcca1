-- Notes a merge with everything that it is about to change, as it stands.
INSERT INTO merges (workspace_id, id, kept_id, contact_id, merged_ids, snapshot)
SELECT %(workspace_id)s, %(id)s, %(kept)s::uuid, %(kept)s::uuid, %(merged)s::uuid[], %(known)s::jsonb || jsonb_build_object(
    'versions', coalesce((
        SELECT jsonb_agg(to_jsonb(v)) FROM contact_versions v
        WHERE v.workspace_id = %(workspace_id)s AND v.id = ANY (%(merged)s::uuid[])
    ), '[]'),
    'inner', coalesce((
        SELECT jsonb_agg(to_jsonb(i)) FROM interactions i
        WHERE i.workspace_id = %(workspace_id)s AND i.contact_id = ANY (%(merged)s::uuid[] || %(kept)s::uuid)
          AND i.counterpart_id = ANY (%(merged)s::uuid[] || %(kept)s::uuid)
    ), '[]'),
    'interactions', coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', i.id, 'contact_id', i.contact_id, 'counterpart_id', i.counterpart_id))
        FROM interactions i
        WHERE i.workspace_id = %(workspace_id)s
          AND (i.contact_id = ANY (%(merged)s::uuid[]) OR i.counterpart_id = ANY (%(merged)s::uuid[]))
    ), '[]'),
    'users', coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', u.id, 'contact_id', u.contact_id)) FROM users u
        WHERE u.workspace_id = %(workspace_id)s AND u.contact_id = ANY (%(merged)s::uuid[])
    ), '[]'),
    'merged', coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', e.id, 'contact_id', e.contact_id)) FROM merged_contacts e
        WHERE e.workspace_id = %(workspace_id)s AND e.contact_id = ANY (%(merged)s::uuid[])
    ), '[]'),
    'merges', coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', m.id, 'contact_id', m.contact_id)) FROM merges m
        WHERE m.workspace_id = %(workspace_id)s AND m.contact_id = ANY (%(merged)s::uuid[])
    ), '[]')
)
RETURNING id, kept_id, merged_ids, recorded_at
