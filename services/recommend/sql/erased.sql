-- Whether nothing of a contact is left here: gone from the facts, followed to its end, recommended to and as nobody.
SELECT NOT EXISTS (
           SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM people p
           WHERE p.workspace_id = %(workspace_id)s AND (p.contact_id = %(entity_id)s OR p.candidate_id = %(entity_id)s)
       )
   AND NOT EXISTS (
           SELECT FROM people_outdated o WHERE o.workspace_id = %(workspace_id)s AND o.contact_id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM feedback f
           WHERE f.workspace_id = %(workspace_id)s AND (f.contact_id = %(entity_id)s OR f.target_id = %(entity_id)s)
       )
   AND NOT EXISTS (
           SELECT FROM crm.changes n
           WHERE n.workspace_id = %(workspace_id)s AND n.entity_id = %(entity_id)s
             AND (n.transaction, n.seq) > (
                   coalesce((SELECT f.transaction FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), '0'),
                   coalesce((SELECT f.seq FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), 0)
                 )
       )
