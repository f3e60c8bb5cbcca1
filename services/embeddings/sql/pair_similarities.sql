-- How near the two of each pair are to each other, by cosine, in the order asked; null where one has no vector.
-- least and greatest pass nulls over: without the CASE a stranger would be unlike everybody instead of unknown.
SELECT CASE WHEN one.contact_id IS NOT NULL AND other.contact_id IS NOT NULL
            THEN least(1, greatest(0, 1 - (one.embedding <=> other.embedding))) END AS similarity
FROM unnest(%(ones)s::uuid[], %(others)s::uuid[]) WITH ORDINALITY AS pair (one, other, place)
LEFT JOIN vectors one
    ON one.workspace_id = %(workspace_id)s AND one.model = %(model)s AND one.contact_id = pair.one
LEFT JOIN vectors other
    ON other.workspace_id = %(workspace_id)s AND other.model = %(model)s AND other.contact_id = pair.other
ORDER BY pair.place
