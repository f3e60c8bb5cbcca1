-- Where people's places in the graph are copied to before they are merged.
CREATE TEMPORARY TABLE incoming_people (
    contact_id uuid, influence_score double precision, community_id integer
) ON COMMIT DROP
