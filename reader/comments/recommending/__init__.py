"""One reaction: that somebody recommends a comment."""
