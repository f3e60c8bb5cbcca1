-- Let another job of the same kind wait while this one runs, is tried again or rescued: one that waits blocks its return.
UPDATE procrastinate_jobs SET queueing_lock = NULL WHERE id = %(id)s AND status = 'doing'
