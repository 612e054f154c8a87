"""Network addresses: whom a proxy names, what a client is counted by, and what of it may be written down."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from werkzeug.http import parse_list_header

# A household or a firm has at least one network of this size, so its addresses count as one.
IPV6_PREFIX = 64
# Prefixes that an access log may keep: too short to tell people of one neighbourhood apart.
COARSE_IPV4_PREFIX, COARSE_IPV6_PREFIX = 24, 48
MAX_NAME_LENGTH = 64
KNOWN = 4096


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """The address that ``text`` is, without port or zone; None where it is none. One of IPv4 stays one in IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


@lru_cache(KNOWN)
def network(text: str) -> str:
    """Return the network by which a client is counted: its address, or for IPv6 its /64."""
    address = parsed(text)
    if address is None:
        return text[:MAX_NAME_LENGTH]  # a proxy's own way of naming its clients
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)


@lru_cache(KNOWN)
def coarse(text: str) -> str:
    """As much of an address as a log may keep: the network that it is in."""
    address = parsed(text)
    if address is None:
        return "unknown"
    prefix = COARSE_IPV4_PREFIX if isinstance(address, IPv4Address) else COARSE_IPV6_PREFIX
    return str(ip_network((address, prefix), strict=False))


@lru_cache(KNOWN)
def is_loopback(text: str) -> bool:
    """Return True if the address is this machine's own."""
    address = parsed(text)
    return address is not None and address.is_loopback


@lru_cache(KNOWN)
def client(peer: str, forwarded: str, proxies: int) -> str:
    """The client that ``proxies`` trusted ones name in X-Forwarded-For, as ProxyFix reads it; else the ``peer``."""
    names = parse_list_header(forwarded) if proxies else []
    return names[-proxies] if proxies and len(names) >= proxies and names[-proxies] else peer
