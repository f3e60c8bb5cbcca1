-- For each reference asked for: which contact has that external id, whether one has that id, where merged ids lead.
SELECT asked.ordinal, by_reference.id AS by_reference, by_id.id IS NOT NULL AS id_exists,
       merged_id.contact_id AS id_moved_to, merged_reference.contact_id AS reference_moved_to
FROM unnest(%(ids)s::uuid[], %(sources)s::text[], %(external_ids)s::text[])
     WITH ORDINALITY AS asked (id, source, external_id, ordinal)
LEFT JOIN LATERAL (
    SELECT one.id FROM contacts one
    WHERE one.workspace_id = %(workspace_id)s
      AND one.source = asked.source AND one.external_id = asked.external_id
    LIMIT 1
) by_reference ON true
LEFT JOIN LATERAL (
    SELECT one.id FROM contacts one WHERE one.workspace_id = %(workspace_id)s AND one.id = asked.id LIMIT 1
) by_id ON true
LEFT JOIN LATERAL (
    SELECT one.contact_id FROM merged_contacts one
    WHERE one.workspace_id = %(workspace_id)s AND one.id = asked.id
    LIMIT 1
) merged_id ON true
LEFT JOIN LATERAL (
    SELECT one.contact_id FROM merged_contacts one
    WHERE one.workspace_id = %(workspace_id)s
      AND one.source = asked.source AND one.external_id = asked.external_id
    LIMIT 1
) merged_reference ON true
