-- Notes when keys were last used, unless another gateway did within the minute before.
UPDATE api_keys SET last_used_at = used.at
FROM unnest(%(sha256s)s::bytea[], %(times)s::timestamptz[]) AS used (sha256, at)
WHERE api_keys.sha256 = used.sha256
  AND (api_keys.last_used_at IS NULL OR api_keys.last_used_at <= used.at - interval '1 minute')
