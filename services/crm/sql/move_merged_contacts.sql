-- Leads to the kept contact what led to those merged now.
UPDATE merged_contacts SET contact_id = %(kept)s
WHERE workspace_id = %(workspace_id)s AND contact_id = ANY (%(merged)s::uuid[])
