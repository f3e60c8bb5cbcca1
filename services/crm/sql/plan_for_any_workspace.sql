-- Until the transaction ends, plan for any workspace: of a new one the statistics know nothing, and a plan made for it
-- takes all its rows for one and reads them again and again.
SELECT set_config('plan_cache_mode', 'force_generic_plan', true)
