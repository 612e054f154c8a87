"""What an author is told of a decision, and what they can say against it: once, to somebody else."""
