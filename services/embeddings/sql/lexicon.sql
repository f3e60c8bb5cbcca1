-- A workspace's totals, if it has an index.
SELECT documents, words, grams, next_number, indexed_at FROM lexicons WHERE workspace_id = %(workspace_id)s
