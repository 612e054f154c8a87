"""What moderators do, in numbers that everybody may read."""
