-- A run begins; nothing where it has begun before. The first of a workspace also looks back for the trend.
INSERT INTO runs (workspace_id, run_id, state, model_version, model_kind, weeks_back, facts_as_of)
SELECT %(workspace_id)s, %(run_id)s, 'running', %(model_version)s, %(model_kind)s,
       CASE WHEN EXISTS (SELECT FROM history h WHERE h.workspace_id = %(workspace_id)s) THEN 0 ELSE %(weeks_back)s END,
       %(facts_as_of)s
ON CONFLICT DO NOTHING
