-- Blocks that nobody is left in.
DELETE FROM postings p
USING incoming_postings i
WHERE p.workspace_id = %(workspace_id)s AND p.term = i.term AND p.block = i.block AND length(i.entries) = 0
