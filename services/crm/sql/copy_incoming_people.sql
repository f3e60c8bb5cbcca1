-- Copy people's places in the graph in.
COPY incoming_people (contact_id, influence_score, community_id) FROM STDIN (FORMAT BINARY)
