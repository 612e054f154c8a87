"""HTTP for every feature: answers, forms, cookies, security, limits, caching, compression and health."""
