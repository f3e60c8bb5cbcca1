-- Gives the interactions of merged contacts to the kept one.
UPDATE interactions
SET contact_id = CASE WHEN contact_id = ANY (%(merged)s::uuid[]) THEN %(kept)s::uuid ELSE contact_id END,
    counterpart_id = CASE WHEN counterpart_id = ANY (%(merged)s::uuid[]) THEN %(kept)s::uuid ELSE counterpart_id END
WHERE workspace_id = %(workspace_id)s
  AND (contact_id = ANY (%(merged)s::uuid[]) OR counterpart_id = ANY (%(merged)s::uuid[]))
