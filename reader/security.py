"""Headers, content policy, hosts, cookies, limits."""

from flask import Flask
from flask_limiter import Limiter


def init_app(app: Flask, limiter: Limiter) -> None:
    """Set up what protects every request."""
