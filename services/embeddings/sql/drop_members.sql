-- The named contacts leave their clusters: those of one model's vectors, or of any.
DELETE FROM cluster_members m
WHERE m.workspace_id = %(workspace_id)s AND m.contact_id = ANY(%(ids)s)
  AND (%(model)s::text IS NULL OR EXISTS (
        SELECT FROM cluster_runs r WHERE r.workspace_id = %(workspace_id)s AND r.model = %(model)s
      ))
