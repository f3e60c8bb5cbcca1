-- Those of the named contacts and numbers who are there, and how near each is to a vector.
-- Arrays and subqueries, not joins: whatever is believed of the tables' sizes, only these rows are looked up.
SELECT c.id AS contact_id, c.first_name, c.last_name, c.organization, c.title, c.tags, left(c.notes, 3000) AS notes,
       (SELECT d.number FROM documents d
        WHERE d.workspace_id = %(workspace_id)s AND d.contact_id = c.id) AS number,
       (SELECT least(1, greatest(0, 1 - (v.embedding <=> %(embedding)s::halfvec))) FROM vectors v
        WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = c.id
          AND %(embedding)s::halfvec IS NOT NULL) AS similarity -- of nothing, greatest() would make 0
FROM crm.contacts c
WHERE c.workspace_id = %(workspace_id)s
  AND c.id = ANY(%(ids)s::uuid[] || ARRAY(
        SELECT d.contact_id FROM documents d
        WHERE d.workspace_id = %(workspace_id)s AND d.number = ANY(%(numbers)s::integer[])
      ))
