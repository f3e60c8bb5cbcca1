-- Let the planner know what is in the table of scores.
SELECT analyze_scores()
