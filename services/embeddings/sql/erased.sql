-- Whether nothing of a row is left here: gone from the facts, followed to its end, in no vector, word or cluster.
SELECT NOT EXISTS (
           SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM vectors v WHERE v.workspace_id = %(workspace_id)s AND v.contact_id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM cluster_members m WHERE m.workspace_id = %(workspace_id)s AND m.contact_id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM documents d WHERE d.workspace_id = %(workspace_id)s AND d.contact_id = %(entity_id)s
       )
   AND NOT EXISTS (
           SELECT FROM crm.changes n
           WHERE n.workspace_id = %(workspace_id)s AND n.entity_id = %(entity_id)s
             AND (n.transaction, n.seq) > (
                   coalesce((SELECT f.transaction FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), '0'),
                   coalesce((SELECT f.seq FROM feed_cursors f WHERE f.workspace_id = %(workspace_id)s), 0)
                 )
       )
