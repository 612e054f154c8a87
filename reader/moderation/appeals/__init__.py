"""Statements of reasons, and appeals: one for each decision, answered by another moderator."""
