"""What becomes of all that somebody wrote who is banned: removed with the ban, brought back when that is undone."""
