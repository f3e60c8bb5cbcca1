-- The totals after a write.
UPDATE lexicons
SET documents = %(documents)s, words = %(words)s, grams = %(grams)s, next_number = %(next_number)s, indexed_at = now()
WHERE workspace_id = %(workspace_id)s
