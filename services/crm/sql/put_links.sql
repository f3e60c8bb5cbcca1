-- What pushed links become: the rows created or changed; an absent field stays, a null clears.
INSERT INTO links (
    workspace_id, id, source, external_id, contact_a, contact_b, strength, since
)
SELECT %(workspace_id)s, pushed.id, coalesce(merged.source, 'api'), merged.external_id, merged.contact_a,
       merged.contact_b, merged.strength, merged.since
FROM jsonb_to_recordset(%(items)s) AS pushed (id uuid, patch jsonb)
LEFT JOIN LATERAL (
    SELECT one FROM links one WHERE one.workspace_id = %(workspace_id)s AND one.id = pushed.id LIMIT 1
) present ON true
CROSS JOIN LATERAL jsonb_populate_record(present.one, pushed.patch) AS merged
ON CONFLICT (workspace_id, id) DO UPDATE SET
    source = excluded.source, external_id = excluded.external_id, contact_a = excluded.contact_a,
    contact_b = excluded.contact_b, strength = excluded.strength, since = excluded.since
WHERE (links.source, links.external_id, links.contact_a, links.contact_b, links.strength, links.since)
    IS DISTINCT FROM
      (excluded.source, excluded.external_id, excluded.contact_a, excluded.contact_b, excluded.strength,
       excluded.since)
RETURNING id, xmax = 0 AS created
