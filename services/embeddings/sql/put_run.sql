-- The run that stands from now on.
INSERT INTO cluster_runs (workspace_id, job_id, model, n_clusters, report, facts_as_of)
VALUES (%(workspace_id)s, %(job_id)s, %(model)s, %(n_clusters)s, %(report)s, %(facts_as_of)s)
ON CONFLICT (workspace_id) DO UPDATE
SET job_id = excluded.job_id, model = excluded.model, n_clusters = excluded.n_clusters, report = excluded.report,
    facts_as_of = excluded.facts_as_of, computed_at = now()
