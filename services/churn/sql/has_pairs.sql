-- Whether anything passed between two contacts up to a moment.
SELECT EXISTS (
    SELECT FROM crm.interactions i
    WHERE i.workspace_id = %(workspace_id)s AND i.counterpart_id IS NOT NULL AND i.occurred_at <= %(as_of)s
)
