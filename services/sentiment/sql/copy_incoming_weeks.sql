-- Copy weeks in.
COPY incoming_weeks (contact_id, week, overall) FROM STDIN (FORMAT BINARY)
