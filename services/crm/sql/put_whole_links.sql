-- Writes links as they are given, whole; an external id that another link has by now is left out.
INSERT INTO links (workspace_id, id, source, external_id, contact_a, contact_b, strength, since, recorded_at)
SELECT %(workspace_id)s, given.id, given.source,
       CASE WHEN NOT EXISTS (
           SELECT FROM links other
           WHERE other.workspace_id = %(workspace_id)s AND other.source = given.source
             AND other.external_id = given.external_id AND other.id <> given.id
       ) THEN given.external_id END,
       given.contact_a, given.contact_b, given.strength, given.since, given.recorded_at
FROM jsonb_populate_recordset(NULL::links, %(rows)s) AS given
ON CONFLICT (workspace_id, id) DO UPDATE SET
    source = excluded.source, external_id = excluded.external_id, strength = excluded.strength,
    since = excluded.since, recorded_at = excluded.recorded_at
