-- A contact's list is being made anew, of ties up to a mark: of several who do so, one takes it.
DELETE FROM people_outdated
WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s AND marked_at <= %(marked_at)s
