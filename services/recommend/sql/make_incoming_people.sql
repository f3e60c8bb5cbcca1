-- Where people are copied to before they are kept.
CREATE TEMPORARY TABLE incoming_people (
    contact_id uuid, rank smallint, candidate_id uuid, raw real, mutual integer, semantic_similarity real, influence real,
    same_organization real, base real, share_values real[], comparisons real[], contributions real[]
) ON COMMIT DROP
