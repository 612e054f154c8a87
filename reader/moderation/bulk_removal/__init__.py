"""Bulk removal: remove all comments of a banned person with the ban, and restore them when it is undone."""
