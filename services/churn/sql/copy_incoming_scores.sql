-- Copy scores in.
COPY incoming_scores (
    ego_id, contact_id, state, probability, horizon_days, interactions, days_since_last, usual_gap_days, features, shown,
    compared, base, contributions, facts_as_of
) FROM STDIN (FORMAT BINARY)
