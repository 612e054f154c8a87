"""Writing a comment: where it goes, and what decides about it."""
