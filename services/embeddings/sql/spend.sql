-- Count tokens to the day that it is (UTC).
INSERT INTO spent_tokens (workspace_id, day, tokens)
VALUES (%(workspace_id)s, (now() AT TIME ZONE 'utc')::date, %(tokens)s)
ON CONFLICT (workspace_id, day) DO UPDATE SET tokens = spent_tokens.tokens + excluded.tokens
