-- The entries of the named terms, each in the block named beside it, are gone.
DELETE FROM postings p
WHERE p.workspace_id = %(workspace_id)s
  AND p.term = ANY(%(terms)s::text[])
  AND p.block = ANY(%(blocks)s::integer[])
  AND (p.term, p.block) IN (SELECT k.term, k.block FROM unnest(%(terms)s::text[], %(blocks)s::integer[]) k (term, block))
