-- Who says each of the named terms, beside the workspace's totals and whether it has an index of the model's vectors.
-- Of `grams` the rarest are read, as far as `most` bytes of entries go; which ones are not is said too.
-- Of a term the blocks come as pairs of number and bytes, then their entries; of many blocks in several rows, because
-- what is larger than malloc keeps at hand is asked of the system, page by page, each time.
WITH weighed AS MATERIALIZED (
    SELECT p.term, sum(sum(length(p.entries))) OVER (ORDER BY sum(length(p.entries)), p.term) > %(most)s AS is_left_out
    FROM postings p
    WHERE p.workspace_id = %(workspace_id)s AND p.term = ANY(%(grams)s)
    GROUP BY p.term
)
SELECT made.indexed, coalesce(l.documents, 0), coalesce(l.words, 0), coalesce(l.grams, 0), coalesce(l.next_number, 0),
       l.indexed_at, ARRAY(SELECT w.term FROM weighed w WHERE w.is_left_out), s.term, s.blocks, s.entries
FROM (SELECT to_regclass(index_name(%(workspace_id)s, %(model)s)) IS NOT NULL AS indexed) made
LEFT JOIN lexicons l ON l.workspace_id = %(workspace_id)s
LEFT JOIN (
    SELECT p.term, string_agg(int4send(p.block) || int4send(length(p.entries)), ''::bytea) AS blocks,
           string_agg(p.entries, ''::bytea) AS entries
    FROM postings p
    WHERE p.workspace_id = %(workspace_id)s
      AND p.term = ANY(%(terms)s || ARRAY(SELECT w.term FROM weighed w WHERE NOT w.is_left_out))
    GROUP BY p.term, p.block / 32
) s ON true
