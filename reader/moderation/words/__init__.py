"""Lists of banned and suspect words, which moderators maintain."""
