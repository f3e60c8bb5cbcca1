-- What a contact is known by: its ids and those merged into it, and the e-mails and phones that no other contact has.
SELECT 'id' AS kind, c.id::text AS value
FROM contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.id = %(id)s
UNION ALL
SELECT 'reference', c.source || E'\x1f' || c.external_id
FROM contacts c
WHERE c.workspace_id = %(workspace_id)s AND c.id = %(id)s AND c.external_id IS NOT NULL
UNION ALL
SELECT 'id', e.id::text
FROM merged_contacts e
WHERE e.workspace_id = %(workspace_id)s AND e.contact_id = %(id)s
UNION ALL
SELECT 'reference', e.source || E'\x1f' || e.external_id
FROM merged_contacts e
WHERE e.workspace_id = %(workspace_id)s AND e.contact_id = %(id)s AND e.external_id IS NOT NULL
UNION ALL
SELECT 'email', email
FROM contacts c CROSS JOIN unnest(c.emails) AS email
WHERE c.workspace_id = %(workspace_id)s AND c.id = %(id)s
  AND NOT EXISTS (
        SELECT FROM contact_keys other
        WHERE other.workspace_id = %(workspace_id)s AND other.kind = 'email' AND other.key = lower(btrim(email))
          AND other.contact_id <> c.id
      )
UNION ALL
SELECT 'phone', phone
FROM contacts c CROSS JOIN unnest(c.phones) AS phone
WHERE c.workspace_id = %(workspace_id)s AND c.id = %(id)s
  AND NOT EXISTS (
        SELECT FROM contact_keys other
        WHERE other.workspace_id = %(workspace_id)s AND other.kind = 'phone' AND other.key = phone_key(phone)
          AND other.contact_id <> c.id
      )
