-- Which of some hashes belong to somebody who was erased.
SELECT hash FROM suppressions WHERE workspace_id = %(workspace_id)s AND hash = ANY (%(hashes)s::bytea[])
