-- For each reference asked for: which account has that external id, and whether one has that id.
SELECT asked.ordinal, by_reference.id AS by_reference, by_id.id IS NOT NULL AS id_exists
FROM jsonb_to_recordset(%(references)s) AS asked (ordinal integer, id uuid, source text, external_id text)
LEFT JOIN accounts by_reference
  ON by_reference.workspace_id = %(workspace_id)s
 AND by_reference.source = asked.source AND by_reference.external_id = asked.external_id
LEFT JOIN accounts by_id ON by_id.workspace_id = %(workspace_id)s AND by_id.id = asked.id
