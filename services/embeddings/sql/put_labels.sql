-- Keep these labels of the named contacts, and no others of theirs; one erased meanwhile must not come back.
WITH wanted AS MATERIALIZED (
    SELECT w.contact_id, w.label
    FROM unnest(%(contact_ids)s::uuid[], %(labels)s::text[]) AS w (contact_id, label)
    JOIN crm.contacts c ON c.workspace_id = %(workspace_id)s AND c.id = w.contact_id
), renewed AS (
    UPDATE vectors v SET labels = n.labels
    FROM (
        SELECT named.id, coalesce(array_agg(w.label) FILTER (WHERE w.label IS NOT NULL), '{}') AS labels
        FROM unnest(%(ids)s::uuid[]) AS named (id)
        LEFT JOIN wanted w ON w.contact_id = named.id
        GROUP BY named.id
    ) AS n
    WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = n.id
      AND NOT (v.labels @> n.labels AND v.labels <@ n.labels)
), gone AS (
    DELETE FROM labels l
    WHERE l.workspace_id = %(workspace_id)s AND l.contact_id = ANY(%(ids)s)
      AND NOT EXISTS (SELECT FROM wanted w WHERE w.contact_id = l.contact_id AND w.label = l.label)
)
INSERT INTO labels (workspace_id, label, contact_id)
SELECT %(workspace_id)s, label, contact_id FROM wanted
ON CONFLICT DO NOTHING
