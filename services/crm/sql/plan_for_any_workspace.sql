-- Says how to plan until the transaction ends: for any workspace.
-- Of a new one the statistics know nothing: a plan made for it takes all its rows for one, and reads them each time.
SELECT set_config('plan_cache_mode', 'force_generic_plan', true)
