"""Decisions about a comment before it is published: to refuse it, hold it or report it."""
