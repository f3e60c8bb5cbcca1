-- The tokens used since midnight (UTC), and how long until the next one.
SELECT coalesce((
           SELECT s.tokens FROM spent_tokens s
           WHERE s.workspace_id = %(workspace_id)s AND s.day = (now() AT TIME ZONE 'utc')::date
       ), 0) AS tokens,
       ceil(extract(epoch FROM next.midnight - now()))::integer AS day_ends_in_s,
       next.midnight AS day_ends_at
FROM (SELECT (date_trunc('day', now() AT TIME ZONE 'utc') + interval '1 day') AT TIME ZONE 'utc' AS midnight) AS next
