-- The given links of some contacts as they are stored, whole.
SELECT to_jsonb(l)
FROM links l
WHERE l.workspace_id = %(workspace_id)s
  AND (l.contact_a = ANY (%(ids)s::uuid[]) OR l.contact_b = ANY (%(ids)s::uuid[]))
