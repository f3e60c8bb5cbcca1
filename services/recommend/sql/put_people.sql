-- Keep the copied people of a run, but for those who are gone: one erased meanwhile must not come back.
INSERT INTO people (
    workspace_id, run_id, contact_id, rank, candidate_id, raw, mutual, semantic_similarity, influence, same_organization,
    base, share_values, comparisons, contributions
)
SELECT %(workspace_id)s, %(run_id)s, i.contact_id, i.rank, i.candidate_id, i.raw, i.mutual, i.semantic_similarity,
       i.influence, i.same_organization, i.base, i.share_values, i.comparisons, i.contributions
FROM incoming_people i
JOIN crm.contacts who ON who.workspace_id = %(workspace_id)s AND who.id = i.contact_id
JOIN crm.contacts whom ON whom.workspace_id = %(workspace_id)s AND whom.id = i.candidate_id
ON CONFLICT (workspace_id, run_id, contact_id, rank) DO NOTHING
