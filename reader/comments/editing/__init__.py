"""Changing what one wrote."""
