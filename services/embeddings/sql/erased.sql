-- Whether nothing of a row is left here: it is gone from the facts, followed to its end, and has neither vector nor label.
SELECT NOT EXISTS (
           SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM vectors v WHERE v.workspace_id = %(workspace_id)s AND v.contact_id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM labels l WHERE l.workspace_id = %(workspace_id)s AND l.contact_id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM crm.changes n
           WHERE n.workspace_id = %(workspace_id)s AND n.entity_id = %(entity_id)s
             AND (n.transaction, n.seq) > (
                   coalesce((SELECT f.transaction FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), '0'),
                   coalesce((SELECT f.seq FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), 0)
                 )
       )
