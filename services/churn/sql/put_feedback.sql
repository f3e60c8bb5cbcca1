-- Note what was said of a tie; nothing where the event is noted already.
INSERT INTO feedback (workspace_id, event_id, ego_id, contact_id, action, until, occurred_at, user_id)
VALUES (
    %(workspace_id)s, %(event_id)s, %(ego_id)s, %(contact_id)s, %(action)s, %(until)s, %(occurred_at)s, %(user_id)s
)
ON CONFLICT (workspace_id, event_id) DO NOTHING
