"""The outside classifier, where one is set: a service that speaks Akismet's language over HTTP.

It is asked before any lock is held, and waited for no longer than ``READER_CLASSIFIER_SECONDS``. Where it doesn't
answer, or answers what nobody understands, ``READER_CLASSIFIER_FAILS`` decides. It is told the text, the author's name
and the network address that the text came from, without which such services can't do much; nobody here keeps that.
"""

from __future__ import annotations

import urllib.request
from urllib.parse import urlencode

import structlog

from reader.config import Settings

log = structlog.get_logger(__name__)

ANSWERS = {b"true": True, b"false": False}
MAX_ANSWER_LENGTH = 100


def is_spam(settings: Settings, *, author: str, body: str, address: str | None = None) -> bool | None:
    """Return the classifier's answer; None if none is set. ``address`` is None for a text that came by no request."""
    if settings.classifier_url is None:
        return None
    sent = {
        "api_key": settings.classifier_key or "",
        "blog": settings.base_url or "",
        "comment_type": "comment",
        "comment_author": author,
        "comment_content": body,
        **({"user_ip": address} if address else {}),
    }
    # Only http: and https: are taken as a setting.
    request = urllib.request.Request(settings.classifier_url, data=urlencode(sent).encode())  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=settings.classifier_seconds) as answer:  # noqa: S310
            return ANSWERS[answer.read(MAX_ANSWER_LENGTH).strip()]
    except (OSError, KeyError, ValueError) as error:
        log.warning("classifier-failed", fault=repr(error), then=settings.classifier_fails)
        return settings.classifier_fails == "hold"
