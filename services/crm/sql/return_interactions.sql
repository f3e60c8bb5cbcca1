-- Gives interactions back to whose they were, where they are still the kept contact's.
UPDATE interactions i
SET contact_id = CASE
        WHEN i.contact_id = %(kept)s AND back.contact_id = ANY (%(merged)s::uuid[]) THEN back.contact_id ELSE i.contact_id
    END,
    counterpart_id = CASE
        WHEN i.counterpart_id = %(kept)s AND back.counterpart_id = ANY (%(merged)s::uuid[]) THEN back.counterpart_id
        ELSE i.counterpart_id
    END
FROM jsonb_to_recordset(%(rows)s) AS back (id uuid, contact_id uuid, counterpart_id uuid)
WHERE i.workspace_id = %(workspace_id)s AND i.id = back.id
