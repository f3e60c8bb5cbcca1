-- What was said of recommendations up to a moment: who, whom, whether he wanted to meet, when.
SELECT uuid_send(contact_id), uuid_send(target_id), (action = 'connect')::integer::float8,
       extract(epoch FROM occurred_at)::float8 / 86400
FROM feedback
WHERE workspace_id = %(workspace_id)s AND occurred_at <= %(as_of)s
