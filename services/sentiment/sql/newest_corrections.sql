-- The newest correction of each contact.
SELECT DISTINCT ON (contact_id) correction_id, contact_id, label, given, corrected_at, user_id
FROM corrections
WHERE workspace_id = %(workspace_id)s
ORDER BY contact_id, corrected_at DESC
