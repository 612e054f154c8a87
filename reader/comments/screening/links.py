"""The links of a comment: those that it has, and the addresses in it that somebody could follow by hand."""

from __future__ import annotations

import re
from html import unescape

# A way about this site, to whom a text mentions for one, is no link that anybody has to look at first.
_HREF = re.compile(r'<a href="([^"/][^"]*)"')
# An address that was kept from becoming a link, and one that needs no scheme: mail programs and other sites make links
# of both. A sentence that ends without a space ("so.And") has a capital behind the point.
_DOMAINS = (
    "a[cdefgilmoqrstuwxz]|b[abdefghijmnorstvwyz]|c[acdfghiklmnoruvwxyz]|d[ejkmoz]|e[cegrstu]|f[ijkmor]"
    "|g[abdefghilmnpqrstuwy]|h[kmnrtu]|i[delmnoqrst]|j[emop]|k[eghimnprwyz]|l[abcikrstuvy]|m[acdeghklmnopqrstuvwxyz]"
    "|n[acefgilopruz]|om|p[aefghklmnrstwy]|qa|r[eosuw]|s[abcdeghijklmnorstuvxyz]|t[cdfghjklmnortvwz]|u[agksyz]"
    "|v[aceginu]|w[fs]|y[et]|z[amw]|com|org|net|info|biz|edu|gov|xyz|top|club|shop|store|site|online|website|space|click|link|live|app|dev|pro"
    "|win|bet|vip|fun|icu|casino|blog|news|cloud|tech|world|life|today|agency|digital|example"
)
_SCHEME = re.compile(r"\b(?:h(?:tt|xx|\*\*)ps?|ftp)\s?:\s?//\S+|\bwww\.[\w-]+\.\w\S*", re.IGNORECASE)
_DOMAIN = re.compile(
    rf"(?<![\w@./-])(?:(?:[a-z0-9-]+\.)+(?:{_DOMAINS})|(?:[A-Z0-9-]+\.)+(?:{_DOMAINS.upper()}))(?![\w@])\S*"
)
# Without one of these in it a text has no address: most have none.
_POINT = re.compile(r"\w\.\w|[\[(](?:\.|dot)|://", re.IGNORECASE)
_BROKEN_POINT = re.compile(r"\s?(?:\[(?:\.|dot)\]|\((?:\.|dot)\))\s?", re.IGNORECASE)


def links_in(html: str, seen: str) -> tuple[str, ...]:
    """Return the links of a comment, each once: those of its HTML, and addresses written in the words ``seen``."""
    links = [unescape(address) for address in _HREF.findall(html)]
    if _POINT.search(seen):
        words = _BROKEN_POINT.sub(".", seen)
        written = (
            found[0].rstrip(".,;:!?)”’\"'") for each in (_SCHEME, _DOMAIN) for found in each.finditer(words)
        )
        links += [each for each in written if not any(each in link for link in links)]
    return tuple(dict.fromkeys(links))
