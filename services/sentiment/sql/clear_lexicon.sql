-- A workspace takes back everything it said of tags.
DELETE FROM lexicon WHERE workspace_id = %(workspace_id)s
