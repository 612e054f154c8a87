"""Measures on a discussion as a whole."""
