"""Record of how far each person has read a discussion, so that the next visit can mark new comments."""
