"""The lists of banned and suspect words, which moderators keep."""
