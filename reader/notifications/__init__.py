"""Notifications, on pages and by mail: one more consumer of the event log."""
