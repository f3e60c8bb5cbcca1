-- One merge, with its snapshot, and whether its contact took part in a later one.
SELECT m.id, m.kept_id, m.merged_ids, m.recorded_at, m.snapshot,
       m.contact_id IS DISTINCT FROM m.kept_id OR EXISTS (
           SELECT FROM merges later
           WHERE later.workspace_id = %(workspace_id)s AND later.contact_id = m.contact_id AND later.number > m.number
       ) AS merged_again
FROM merges m
WHERE m.workspace_id = %(workspace_id)s AND m.id = %(id)s
