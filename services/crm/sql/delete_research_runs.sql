-- Deletes one research run, with what belongs to it.
DELETE FROM research_runs WHERE workspace_id = %(workspace_id)s AND id = %(id)s RETURNING id
