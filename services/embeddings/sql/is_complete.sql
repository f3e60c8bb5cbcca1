-- Whether every contact that says anything, in the fields that are read, has a vector that filters can find.
SELECT NOT EXISTS (
    SELECT FROM crm.contacts c
    WHERE c.workspace_id = %(workspace_id)s
      AND NOT EXISTS (
            SELECT FROM vectors v
            WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = c.id
              AND v.number IS NOT NULL
          )
      AND ('name' = ANY(%(fields)s) AND trim(c.first_name || c.last_name) <> ''
           OR 'title' = ANY(%(fields)s) AND trim(coalesce(c.title, '')) <> ''
           OR 'organization' = ANY(%(fields)s) AND trim(coalesce(c.organization, '')) <> ''
           OR 'tags' = ANY(%(fields)s) AND cardinality(c.tags) > 0
           OR 'notes' = ANY(%(fields)s) AND trim(coalesce(c.notes, '')) <> '')
)
