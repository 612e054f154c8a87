"""Answers to what went wrong: a page of the site, or problem+json for programs."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the handlers."""
