-- The entries of the named terms, each in the block named beside it.
SELECT k.term, k.block, p.entries
FROM unnest(%(terms)s::text[], %(blocks)s::integer[]) AS k (term, block)
CROSS JOIN LATERAL (
    SELECT p.entries FROM postings p
    WHERE p.workspace_id = %(workspace_id)s AND p.term = k.term COLLATE "C" AND p.block = k.block
    LIMIT 1 -- looked up one by one: joined, the whole workspace's would be read
) AS p
