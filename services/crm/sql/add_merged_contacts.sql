-- Leads the ids of merged contacts to the kept one; an external id that leads there already is not said twice.
INSERT INTO merged_contacts (workspace_id, id, source, external_id, contact_id, merge_id)
SELECT c.workspace_id, c.id, c.source,
       CASE WHEN NOT EXISTS (
           SELECT FROM merged_contacts e
           WHERE e.workspace_id = %(workspace_id)s AND e.source = c.source AND e.external_id = c.external_id
       ) THEN c.external_id END,
       %(kept)s, %(id)s
FROM contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.id = ANY (%(merged)s::uuid[])
