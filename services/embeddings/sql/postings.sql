-- Who says the named terms: every block of each.
SELECT term, block, entries
FROM postings
WHERE workspace_id = %(workspace_id)s AND term = ANY(%(terms)s)
