"""What protects every request: who may be in front, which hosts are ours, headers, cookies, limits."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter

from reader import cookies
from reader.extensions import login_manager


def init_app(app: Flask, limiter: Limiter) -> None:
    """Set up what protects every request."""
    cookies.init_app(app)
    login_manager.session_protection = None  # it would write to the form cookie of every visitor
