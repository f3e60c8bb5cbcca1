-- The models of a workspace: what serves first, then the oldest.
SELECT name, dimensions, state, replaced, added_at, serving_since, served_until,
       coalesce(served_until < clock_timestamp() - interval '5 seconds', true) AS is_idle -- no request can still be reading it
FROM models
WHERE workspace_id = %(workspace_id)s
ORDER BY state <> 'serving', added_at, name
