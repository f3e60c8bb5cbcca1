-- Let go of people whom the copied rows no longer name.
DELETE FROM contact_graph g
WHERE g.workspace_id = %(workspace_id)s
  AND NOT EXISTS (SELECT FROM incoming_people i WHERE i.contact_id = g.contact_id)
