"""Answers that were made for one request leave compressed; kept pages are the page cache's to compress."""

from flask import Flask, Response, request

from reader.web import page_cache
from reader.web.encodings import IDENTITY, QUICK, best

SMALLEST = 500  # bytes; below, the headers weigh more than what is saved


def init_app(app: Flask) -> None:
    """Compress what ``app`` answers in text. To be called before what reads or marks whole answers."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    kind = response.mimetype or ""
    is_text = kind.startswith("text/") or kind.endswith(("json", "xml"))
    if not is_text or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    if len(response.data) < SMALLEST:
        return response
    response.vary.add("Accept-Encoding")
    encoding = best(request.headers.get("Accept-Encoding", ""))
    if encoding != IDENTITY and not page_cache.will_keep():
        response.data = QUICK[encoding](response.data)
        response.headers["Content-Encoding"] = encoding
    return response
