"""Transparency report: public figures on moderation."""
