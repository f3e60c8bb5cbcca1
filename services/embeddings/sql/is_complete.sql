-- Whether every contact of a workspace that says anything of itself has a vector of the model that filters can find.
SELECT NOT EXISTS (
    SELECT FROM crm.contacts c
    WHERE c.workspace_id = %(workspace_id)s
      AND NOT EXISTS (
            SELECT FROM vectors v
            WHERE v.workspace_id = %(workspace_id)s AND v.model = %(model)s AND v.contact_id = c.id
              AND v.number IS NOT NULL
          )
      AND (trim(c.first_name || c.last_name) <> '' OR trim(coalesce(c.title, '')) <> ''
           OR trim(coalesce(c.organization, '')) <> '' OR cardinality(c.tags) > 0 OR trim(coalesce(c.notes, '')) <> '')
)
