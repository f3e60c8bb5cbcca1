-- Until let_planner_choose: plan for these very parameters, never sort, and walk on until enough have passed the filter.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('enable_sort', 'off', true),
       set_config('hnsw.iterative_scan', 'relaxed_order', true),
       set_config('hnsw.ef_search', %(breadth)s::text, true)
