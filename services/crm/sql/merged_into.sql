-- Who a merged contact is now.
SELECT contact_id FROM merged_contacts WHERE workspace_id = %(workspace_id)s AND id = %(id)s
