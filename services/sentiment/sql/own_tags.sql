-- What tags say in this workspace beside what they say everywhere.
SELECT tag, value FROM lexicon WHERE workspace_id = %(workspace_id)s ORDER BY tag
