-- Notes of earlier merges who their kept contact is now.
UPDATE merges SET contact_id = %(kept)s
WHERE workspace_id = %(workspace_id)s AND contact_id = ANY (%(merged)s::uuid[])
