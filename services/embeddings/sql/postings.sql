-- A workspace's totals, and who says each of the named terms: blocks as pairs of number and bytes, then their entries.
SELECT l.documents, l.words, l.grams, l.next_number, l.indexed_at, s.term, s.blocks, s.entries
FROM lexicons l
LEFT JOIN (
    SELECT p.term, string_agg(int4send(p.block) || int4send(length(p.entries)), ''::bytea) AS blocks,
           string_agg(p.entries, ''::bytea) AS entries
    FROM postings p
    WHERE p.workspace_id = %(workspace_id)s AND p.term = ANY(%(terms)s)
    GROUP BY p.term
) s ON true
WHERE l.workspace_id = %(workspace_id)s
