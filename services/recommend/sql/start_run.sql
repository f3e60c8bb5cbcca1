-- A run begins; nothing where it has begun before.
INSERT INTO people_runs (workspace_id, run_id, state, model_name, model_version, model_kind, link, codes, histogram, facts_as_of)
VALUES (
    %(workspace_id)s, %(run_id)s, %(state)s, %(model_name)s, %(model_version)s, %(model_kind)s, %(link)s, %(codes)s,
    %(histogram)s, %(facts_as_of)s
)
ON CONFLICT DO NOTHING
