-- Note what happened to a model.
INSERT INTO ml_model_events (workspace_id, name, version, previous_version, action, actor, details)
VALUES (%(workspace_id)s, %(name)s, %(version)s, %(previous_version)s, %(action)s, %(actor)s, %(details)s)
