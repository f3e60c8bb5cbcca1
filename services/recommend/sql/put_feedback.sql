-- Note what was said of a recommendation; nothing where the event is noted already.
INSERT INTO feedback (workspace_id, event_id, kind, contact_id, target_id, action, occurred_at, user_id)
VALUES (
    %(workspace_id)s, %(event_id)s, 'contact', %(contact_id)s, %(target_id)s, %(action)s, %(occurred_at)s, %(user_id)s
)
ON CONFLICT (workspace_id, event_id) DO NOTHING
