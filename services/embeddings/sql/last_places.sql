-- The clusters that stand: where they are drawn, and their centre where it is of the model.
SELECT id, CASE WHEN model = %(model)s THEN centroid END AS centroid, x, y
FROM clusters
WHERE workspace_id = %(workspace_id)s
ORDER BY id
