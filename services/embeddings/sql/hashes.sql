-- From what the named contacts' vectors were made, of each of the named models.
SELECT v.model, v.contact_id, v.content_hash
FROM vectors v
WHERE v.workspace_id = %(workspace_id)s AND v.model = ANY(%(models)s) AND v.contact_id = ANY(%(ids)s)
