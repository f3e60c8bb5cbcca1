-- Where scores are copied to before they are kept.
CREATE TEMPORARY TABLE incoming_scores (
    ego_id uuid, contact_id uuid, state text, probability real, horizon_days real, interactions integer,
    days_since_last real, usual_gap_days real, features real[], shown real[], compared real[], base real,
    contributions real[], facts_as_of timestamptz
) ON COMMIT DROP
