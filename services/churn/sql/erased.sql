-- Whether nothing of a contact is left here: gone from the facts, followed to its end, no end of any tie.
SELECT NOT EXISTS (
           SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM scores s
           WHERE s.workspace_id = %(workspace_id)s AND (s.contact_id = %(entity_id)s OR s.ego_id = %(entity_id)s)
       )
   AND NOT EXISTS (
           SELECT FROM history h
           WHERE h.workspace_id = %(workspace_id)s AND (h.contact_id = %(entity_id)s OR h.ego_id = %(entity_id)s)
       )
   AND NOT EXISTS (
           SELECT FROM feedback f
           WHERE f.workspace_id = %(workspace_id)s AND (f.contact_id = %(entity_id)s OR f.ego_id = %(entity_id)s)
       )
   AND NOT EXISTS (
           SELECT FROM crm.changes n
           WHERE n.workspace_id = %(workspace_id)s AND n.entity_id = %(entity_id)s
             AND (n.transaction, n.seq) > (
                   coalesce((SELECT f.transaction FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), '0'),
                   coalesce((SELECT f.seq FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), 0)
                 )
       )
