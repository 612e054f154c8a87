"""Measures against people: notes, warnings, suspensions, bans."""
