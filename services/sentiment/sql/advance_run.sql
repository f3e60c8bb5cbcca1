-- A run has come further, if it still stands where this block began: of two workers one finds that it does not.
UPDATE runs SET after_id = %(after_id)s, contacts = contacts + %(contacts)s
WHERE workspace_id = %(workspace_id)s AND run_id = %(run_id)s AND state = 'running'
  AND after_id IS NOT DISTINCT FROM %(before_id)s
