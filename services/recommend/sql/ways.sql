-- Chains of two ties over an introducer to a contact, or to somebody at an account: the strongest hundred.
-- The first tie is a user's, by his own card or by what he wrote; with each tie goes when the two last spoke.
SELECT chain.introducer_id, trim(i.first_name || ' ' || i.last_name) AS introducer,
       chain.target_id, trim(t.first_name || ' ' || t.last_name) AS target,
       chain.strength, chain.onward_strength, chain.last_contact_at,
       (SELECT max(x.occurred_at) FROM crm.interactions x
        WHERE x.workspace_id = %(workspace_id)s AND x.occurred_at <= %(as_of)s
          AND ((x.contact_id = chain.introducer_id AND x.counterpart_id = chain.target_id)
               OR (x.contact_id = chain.target_id AND x.counterpart_id = chain.introducer_id))) AS onward_contact_at,
       CASE WHEN chain.user_id = %(user_id)s THEN NULL ELSE coalesce(nullif(chain.user_name, ''), '?') END AS colleague
FROM (
    SELECT near.*, onward.target_id, onward.strength AS onward_strength
    FROM (
        SELECT u.id AS user_id, u.name AS user_name, u.contact_id AS card_id, known.id AS introducer_id,
               coalesce(known.strength, 0.5) AS strength,
               (SELECT max(x.occurred_at) FROM crm.interactions x
                WHERE x.workspace_id = %(workspace_id)s AND x.occurred_at <= %(as_of)s
                  AND ((x.contact_id = known.id AND (x.counterpart_id = u.contact_id OR x.user_id = u.id))
                       OR (x.contact_id = u.contact_id AND x.counterpart_id = known.id))) AS last_contact_at
        FROM crm.users u
        CROSS JOIN LATERAL (
            SELECT l.contact_b AS id, l.strength FROM crm.links l
            WHERE l.workspace_id = %(workspace_id)s AND l.contact_a = u.contact_id
            UNION ALL
            SELECT l.contact_a, l.strength FROM crm.links l
            WHERE l.workspace_id = %(workspace_id)s AND l.contact_b = u.contact_id
        ) AS known
        WHERE u.workspace_id = %(workspace_id)s
        UNION ALL
        SELECT u.id, u.name, NULL, x.contact_id, count(*) / (count(*) + 3.0), max(x.occurred_at)
        FROM crm.users u
        JOIN crm.interactions x ON x.workspace_id = %(workspace_id)s AND x.user_id = u.id AND x.counterpart_id IS NULL
        WHERE u.workspace_id = %(workspace_id)s AND u.contact_id IS NULL
          AND x.occurred_at <= %(as_of)s AND x.occurred_at > %(as_of)s - interval '365 days'
        GROUP BY u.id, u.name, x.contact_id
    ) AS near
    JOIN (
        SELECT c.id AS target_id, l.contact_b AS introducer_id, coalesce(l.strength, 0.5) AS strength
        FROM crm.contacts c
        JOIN crm.links l ON l.workspace_id = %(workspace_id)s AND l.contact_a = c.id
        WHERE c.workspace_id = %(workspace_id)s AND c.archived_at IS NULL
          AND (c.id = %(contact_id)s OR c.account_id = %(account_id)s)
        UNION ALL
        SELECT c.id, l.contact_a, coalesce(l.strength, 0.5)
        FROM crm.contacts c
        JOIN crm.links l ON l.workspace_id = %(workspace_id)s AND l.contact_b = c.id
        WHERE c.workspace_id = %(workspace_id)s AND c.archived_at IS NULL
          AND (c.id = %(contact_id)s OR c.account_id = %(account_id)s)
    ) AS onward ON onward.introducer_id = near.introducer_id
    WHERE onward.target_id IS DISTINCT FROM near.card_id
    ORDER BY (near.user_id IS NOT DISTINCT FROM %(user_id)s) DESC, near.strength * onward.strength DESC,
             near.introducer_id, onward.target_id
    LIMIT 100
) AS chain
JOIN crm.contacts i ON i.workspace_id = %(workspace_id)s AND i.id = chain.introducer_id AND i.archived_at IS NULL
JOIN crm.contacts t ON t.workspace_id = %(workspace_id)s AND t.id = chain.target_id
