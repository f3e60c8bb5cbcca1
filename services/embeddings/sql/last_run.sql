-- The run whose clusters stand.
SELECT job_id, model, n_clusters, report FROM cluster_runs WHERE workspace_id = %(workspace_id)s
