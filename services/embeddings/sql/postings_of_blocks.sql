-- The entries of the named terms, each in the block named beside it.
SELECT p.term, p.block, p.entries
FROM unnest(%(terms)s::text[], %(blocks)s::integer[]) AS k (term, block)
JOIN postings p ON p.workspace_id = %(workspace_id)s AND p.term = k.term COLLATE "C" AND p.block = k.block
