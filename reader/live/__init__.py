"""Live delivery: streams, hints, tails, fan-out, catch-up. The only user of Socket.IO."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Connect the event log to Socket.IO."""
