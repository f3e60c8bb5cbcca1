-- Let go of derived links that the copied ones no longer name.
DELETE FROM derived_links d
WHERE d.workspace_id = %(workspace_id)s AND NOT EXISTS (SELECT FROM incoming_links i WHERE i.id = d.id)
