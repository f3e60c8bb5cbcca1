-- Whether an event is noted already.
SELECT EXISTS (SELECT FROM feedback WHERE workspace_id = %(workspace_id)s AND event_id = %(event_id)s)
