-- Copy people in.
COPY incoming_people (
    contact_id, rank, candidate_id, raw, mutual, semantic_similarity, influence, same_organization, base, share_values,
    comparisons, contributions
) FROM STDIN (FORMAT BINARY)
