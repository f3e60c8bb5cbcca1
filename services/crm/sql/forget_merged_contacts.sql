-- Lets the ids of a merge's contacts lead nowhere any more.
DELETE FROM merged_contacts WHERE workspace_id = %(workspace_id)s AND merge_id = %(id)s
