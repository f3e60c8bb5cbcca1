-- Whose lists lack a tie: both ends of new links, and of exchanges between two whom no link joins yet.
INSERT INTO people_outdated (workspace_id, contact_id, marked_at)
SELECT %(workspace_id)s, ends.id, clock_timestamp()
FROM (
    SELECT unnest(ARRAY[l.contact_a, l.contact_b]) AS id
    FROM crm.links l
    WHERE l.workspace_id = %(workspace_id)s AND l.id = ANY(%(link_ids)s)
    UNION
    SELECT unnest(ARRAY[i.contact_id, coalesce(i.counterpart_id, u.contact_id)])
    FROM crm.interactions i
    LEFT JOIN crm.users u ON u.workspace_id = %(workspace_id)s AND u.id = i.user_id
    WHERE i.workspace_id = %(workspace_id)s AND i.id = ANY(%(interaction_ids)s)
      AND coalesce(i.counterpart_id, u.contact_id) <> i.contact_id
      AND NOT EXISTS (
            SELECT FROM crm.links l
            WHERE l.workspace_id = %(workspace_id)s
              AND l.contact_a = least(i.contact_id, coalesce(i.counterpart_id, u.contact_id))
              AND l.contact_b = greatest(i.contact_id, coalesce(i.counterpart_id, u.contact_id))
          )
) AS ends
ON CONFLICT (workspace_id, contact_id) DO UPDATE SET marked_at = excluded.marked_at
