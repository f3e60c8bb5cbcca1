-- A run has come further, if it still stands where this block began: of two workers one finds that it does not.
UPDATE people_runs
SET after_id = %(after_id)s, histogram = %(histogram)s, contacts = contacts + %(contacts)s,
    candidates = candidates + %(candidates)s, degraded = degraded OR %(degraded)s
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s AND state = 'running'
  AND after_id IS NOT DISTINCT FROM %(before_id)s
