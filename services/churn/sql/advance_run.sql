-- A run has come further, if it still stands where this block began: of two workers one finds that it does not.
UPDATE runs
SET after_ego_id = %(after_ego_id)s, after_id = %(after_id)s, ties = ties + %(ties)s, own_ties = own_ties + %(own_ties)s
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s AND state = 'running'
  AND after_ego_id IS NOT DISTINCT FROM %(before_ego_id)s AND after_id IS NOT DISTINCT FROM %(before_id)s
