"""Decisions about comments, and their public log."""
