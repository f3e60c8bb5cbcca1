-- Whether somebody the merged contacts were linked with is gone, and whether another has one of their external ids now.
SELECT EXISTS (
           SELECT FROM jsonb_to_recordset(%(links)s) AS l (contact_a uuid, contact_b uuid)
           CROSS JOIN unnest(ARRAY[l.contact_a, l.contact_b]) AS person
           WHERE person <> ALL (%(merged)s::uuid[]) AND NOT EXISTS (
               SELECT FROM contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = person
           )
       ) AS somebody_gone,
       EXISTS (
           SELECT FROM jsonb_to_recordset(%(contacts)s) AS back (id uuid, source text, external_id text)
           JOIN contacts c
             ON c.workspace_id = %(workspace_id)s AND c.source = back.source AND c.external_id = back.external_id
           WHERE back.id <> c.id
       ) AS external_id_taken
