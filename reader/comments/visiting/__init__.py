"""How far each person has read a discussion, so that the next time what is new can be marked."""
