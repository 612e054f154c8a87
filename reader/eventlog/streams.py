"""Names of the log's streams: one an article, claim and person, and three for the whole site."""

# Everything that changes the site's lists of claims, articles and corrections.
VERDICTS = "verdicts"
# What moderators decide about; one for all of them.
MODERATION = "moderation"
# Ended sessions, so that every worker cuts their sockets. Internal: it can't be followed.
ACCESS = "access"

_ARTICLE = "article:"


def article(article_id: int) -> str:
    """Return the stream of an article and its discussion."""
    return f"{_ARTICLE}{article_id}"


def is_article(name: str) -> bool:
    """Return True for the stream of an article."""
    return name.startswith(_ARTICLE)


def claim(claim_id: int) -> str:
    """Return the stream of a claim."""
    return f"claim:{claim_id}"


def person(person_id: int) -> str:
    """Return the stream of what one person alone is told."""
    return f"person:{person_id}"
