-- What a run said of the ties it could judge, and whether anything passed on each within its horizon.
SELECT s.probability::float8 AS probability, s.days_since_last::float8 AS days_since_last,
       NOT EXISTS (
           SELECT FROM crm.interactions i
           WHERE i.workspace_id = %(workspace_id)s AND i.contact_id = s.contact_id
             AND i.occurred_at > s.facts_as_of AND i.occurred_at <= s.facts_as_of + s.horizon_days * interval '1 day'
             AND (CASE WHEN s.ego_id = %(ours)s THEN i.counterpart_id IS NULL ELSE i.counterpart_id = s.ego_id END)
       ) AND NOT EXISTS (
           SELECT FROM crm.interactions i
           WHERE i.workspace_id = %(workspace_id)s AND i.contact_id = s.ego_id AND i.counterpart_id = s.contact_id
             AND i.occurred_at > s.facts_as_of AND i.occurred_at <= s.facts_as_of + s.horizon_days * interval '1 day'
       ) AS silent,
       s.facts_as_of + s.horizon_days * interval '1 day' <= %(until)s AS closed
FROM scores s
WHERE s.workspace_id = %(workspace_id)s AND s.run_id = %(run_id)s AND s.state = 'active'
