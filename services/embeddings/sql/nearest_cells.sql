-- Who is in the cells nearest to a vector, the nearest first: of all cells this share, and one more.
SELECT c.numbers
FROM cells c
WHERE c.workspace_id = %(workspace_id)s AND c.model = %(model)s
ORDER BY c.centre <=> %(embedding)s::halfvec, c.cell
LIMIT (
    SELECT 1 + ceil(count(*) * %(share)s::float8)
    FROM cells k
    WHERE k.workspace_id = %(workspace_id)s AND k.model = %(model)s
)
