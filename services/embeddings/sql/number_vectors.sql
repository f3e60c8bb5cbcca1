-- The named contacts' vectors get the numbers that their documents have by now; whose that changes is returned.
UPDATE vectors v SET number = d.number
FROM documents d
WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = ANY(%(ids)s)
  AND d.workspace_id = %(workspace_id)s AND d.contact_id = v.contact_id
  AND v.number IS DISTINCT FROM d.number
RETURNING v.contact_id
