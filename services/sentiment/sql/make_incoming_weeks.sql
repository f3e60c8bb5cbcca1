-- Where a week's figures are copied to before they are kept.
CREATE TEMPORARY TABLE incoming_weeks (contact_id uuid, week date, overall real) ON COMMIT DROP
