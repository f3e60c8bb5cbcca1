-- How much a workspace has of what tones are made from.
SELECT (SELECT count(*) FROM crm.contacts c
        WHERE c.workspace_id = %(workspace_id)s AND c.archived_at IS NULL AND cardinality(c.tags) > 0) AS tags,
       (SELECT count(*) FROM crm.contacts c
        WHERE c.workspace_id = %(workspace_id)s AND c.archived_at IS NULL AND c.notes <> '') AS notes,
       (SELECT count(*) FROM crm.interactions i
        WHERE i.workspace_id = %(workspace_id)s AND i.summary <> '') AS summaries,
       (SELECT count(*) FROM crm.interactions i WHERE i.workspace_id = %(workspace_id)s) AS interactions,
       (SELECT count(*) FROM corrections o WHERE o.workspace_id = %(workspace_id)s) AS corrections
