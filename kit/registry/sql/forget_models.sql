-- Let old versions of a model go, but never what serves.
DELETE FROM ml_models
WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND state <> 'serving'
  AND version NOT IN (
        SELECT kept.version FROM ml_models kept
        WHERE kept.workspace_id = %(workspace_id)s AND kept.name = %(name)s
        ORDER BY kept.trained_at DESC, kept.version
        LIMIT %(keep)s
      )
