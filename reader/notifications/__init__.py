"""Who is told what, in the page and by mail: one more reader of the event log."""
