"""What moderators decide about a discussion as a whole."""
