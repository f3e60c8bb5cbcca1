-- For each reference asked for: which account has that external id, and whether one has that id.
SELECT asked.ordinal, by_reference.id AS by_reference, by_id.id IS NOT NULL AS id_exists
FROM unnest(%(ids)s::uuid[], %(sources)s::text[], %(external_ids)s::text[])
     WITH ORDINALITY AS asked (id, source, external_id, ordinal)
LEFT JOIN LATERAL (
    SELECT one.id FROM accounts one
    WHERE one.workspace_id = %(workspace_id)s
      AND one.source = asked.source AND one.external_id = asked.external_id
    LIMIT 1
) by_reference ON true
LEFT JOIN LATERAL (
    SELECT one.id FROM accounts one WHERE one.workspace_id = %(workspace_id)s AND one.id = asked.id LIMIT 1
) by_id ON true
