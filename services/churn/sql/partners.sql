-- With whom the named contacts had something to do up to a moment: how often of late, when last, and whether before.
-- No partner is the workspace's own people.
SELECT who, partner,
       count(*) FILTER (WHERE occurred_at > %(as_of)s - interval '30 days'),
       count(*) FILTER (WHERE occurred_at > %(as_of)s - interval '90 days'),
       count(*) FILTER (WHERE occurred_at > %(as_of)s - interval '365 days'),
       timestamptz_send(max(occurred_at)),
       bool_or(occurred_at <= %(as_of)s - interval '90 days' AND occurred_at > %(as_of)s - interval '455 days')
FROM (
    SELECT i.contact_id AS who, i.counterpart_id AS partner, i.occurred_at
    FROM crm.interactions i
    WHERE i.workspace_id = %(workspace_id)s AND i.contact_id = ANY(%(ids)s) AND i.occurred_at <= %(as_of)s
    UNION ALL
    SELECT i.counterpart_id, i.contact_id, i.occurred_at
    FROM crm.interactions i
    WHERE i.workspace_id = %(workspace_id)s AND i.counterpart_id = ANY(%(ids)s) AND i.occurred_at <= %(as_of)s
) AS passed
GROUP BY who, partner
