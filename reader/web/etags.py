"""ETags of pages, by which a client asks whether the page that it has is still the one."""

import zlib

from flask import Response, request

from reader.web import page_cache


def mark(response: Response) -> None:
    """Give the answer an ETag, of its text, whatever encoding that goes out in; 304 if the client has that text.

    It has to differ only from that of the page before, so a checksum does, which takes a third of a hash. The page
    cache compares the ETags of what it keeps by itself.
    """
    text = response.get_data()
    response.set_etag(f"{zlib.crc32(text):08x}-{len(text):x}", weak=True)
    if not page_cache.will_keep():
        response.make_conditional(request)
