-- Why the last attempt of a job that will be tried again failed.
UPDATE jobs SET error = %(error)s WHERE workspace_id = %(workspace_id)s AND id = %(id)s
