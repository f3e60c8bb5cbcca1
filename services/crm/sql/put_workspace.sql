-- What a workspace is called and where it lives; an absent field stays, a null gives the default again.
UPDATE workspaces
SET (name, locale, timezone, pooled_training) = (
    SELECT coalesce(merged.name, ''), coalesce(merged.locale, 'en'), coalesce(merged.timezone, 'UTC'),
           coalesce(merged.pooled_training, false)
    FROM jsonb_populate_record(workspaces, %(patch)s) AS merged
)
WHERE id = %(workspace_id)s
