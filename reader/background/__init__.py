"""Work after the answer: the job queue, mail and statistics for the query planner."""
