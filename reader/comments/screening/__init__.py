"""What is decided about a comment before it is published."""
