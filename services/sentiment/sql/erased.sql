-- Whether nothing of a contact is left here: gone from the facts, followed to its end, without a figure or correction.
SELECT NOT EXISTS (
           SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM tones t WHERE t.workspace_id = %(workspace_id)s AND t.contact_id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM history h WHERE h.workspace_id = %(workspace_id)s AND h.contact_id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM corrections o WHERE o.workspace_id = %(workspace_id)s AND o.contact_id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM crm.changes n
           WHERE n.workspace_id = %(workspace_id)s AND n.entity_id = %(entity_id)s
             AND (n.transaction, n.seq) > (
                   coalesce((SELECT f.transaction FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), '0'),
                   coalesce((SELECT f.seq FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), 0)
                 )
       )
