-- Some contacts as they are stored, whole.
SELECT to_jsonb(c) FROM contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = ANY (%(ids)s::uuid[])
