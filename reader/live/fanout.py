"""One event to everybody in a room."""

from __future__ import annotations

from typing import Any

from reader.extensions import socketio


def send(room: str, event: str, payload: Any) -> None:
    """Send ``event`` to every socket of this worker that has joined ``room``."""
    socketio.emit(event, payload, to=room)
