"""A claim: its check, its history, what is said about it, and the forms that decide and reword it."""
