"""Answers to requests that never reach the application, with the headers that all other answers have."""

from __future__ import annotations

import socket
import struct
from contextlib import closing, suppress
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

import gevent
from gunicorn.http import errors

from reader.config import Settings
from reader.web import security

# A client that still writes when it is refused would lose the answer, were the connection closed at once.
LINGER_SECONDS = 1.0
LINGER_BYTES = 1 << 20
RETRY_SECONDS = 5
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time: what was not sent yet is forgotten

BY_ERROR: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    # These two are our own answers' faults, though they are kinds of faults in requests.
    errors.InvalidResponseHeader: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeaderName: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.ConfigurationProblem: HTTPStatus.INTERNAL_SERVER_ERROR,
}
SAYS = {
    HTTPStatus.BAD_REQUEST: "This request can't be read: it is not HTTP as the standard has it.",
    HTTPStatus.FORBIDDEN: "You don't have permission.",
    HTTPStatus.REQUEST_TIMEOUT: "The request took too long to arrive. Send it again.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The address is longer than this site takes.",
    HTTPStatus.EXPECTATION_FAILED: "This server can't do what the request expects of it.",
    HTTPStatus.TOO_MANY_REQUESTS: (
        "There are too many connections from your network here now."
        " Close some of this site's pages, or try again in a few seconds."
    ),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "The request's headers are larger than this site takes. If you have many cookies of it, delete them."
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke on our side. Try again in a moment.",
    HTTPStatus.NOT_IMPLEMENTED: "This server doesn't know how to read a request sent in this way.",
}


def status_of(error: BaseException) -> HTTPStatus:
    """Return the status that answers a request which the web server could not read."""
    for kind, status in BY_ERROR.items():
        if isinstance(error, kind):
            return status
    if isinstance(error, errors.ParseException):
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.INTERNAL_SERVER_ERROR


def answer(status: HTTPStatus, settings: Settings) -> bytes:
    """Return the bytes of an answer after which the connection is closed."""
    body = f"{SAYS[status]}\n".encode()
    headers = {
        "Date": formatdate(usegmt=True),
        "Connection": "close",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": security.PRIVATE,
        **security.HEADERS,
        "Content-Security-Policy": security.NOTHING,
    }
    if settings.secure:
        headers["Strict-Transport-Security"] = security.HTTPS_ONLY
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = str(RETRY_SECONDS)
    lines = (
        f"HTTP/1.1 {status} {status.phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
        "",
    )
    return "\r\n".join(lines).encode() + b"\r\n" + body


def send_last(connection: Any, data: bytes) -> None:
    """Send an answer and end the connection, so that a client that is still writing reads it."""
    with closing(connection), suppress(OSError), gevent.Timeout(LINGER_SECONDS, False):
        connection.settimeout(LINGER_SECONDS)
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        left = LINGER_BYTES
        while left > 0 and (ignored := connection.recv(1 << 16)):
            left -= len(ignored)


def reset(connection: Any) -> None:
    """Drop a connection with all that was not sent yet."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.close()
