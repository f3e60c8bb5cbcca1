-- Let one version serve.
UPDATE ml_models SET state = 'serving'
WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND version = %(version)s
