-- A cell and who is in it.
INSERT INTO cells (workspace_id, model, cell, centre, numbers)
VALUES (%(workspace_id)s, %(model)s, %(cell)s, %(centre)s, %(numbers)s)
