-- A page of communities, the largest first (of equal ones the lower id), each with its five most influential members.
WITH ranked AS (
    SELECT community_id, id, first_name, last_name, influence_score,
           count(*) OVER (PARTITION BY community_id) AS size,
           row_number() OVER (PARTITION BY community_id ORDER BY influence_score DESC NULLS LAST, id) AS place
    FROM crm.contacts
    WHERE workspace_id = %(workspace_id)s AND community_id IS NOT NULL
), placed AS (
    SELECT *, (size << 32) + (2147483647 - community_id::bigint) AS position FROM ranked WHERE place <= 5
)
SELECT community_id AS id, size, position,
       jsonb_agg(
           jsonb_build_object(
               'id', id, 'first_name', first_name, 'last_name', last_name, 'influence_score', influence_score
           ) ORDER BY place
       ) AS top_members
FROM placed
WHERE %(before)s::bigint IS NULL OR position < %(before)s
GROUP BY community_id, size, position
ORDER BY position DESC
LIMIT %(limit)s
