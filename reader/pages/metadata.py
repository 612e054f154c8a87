"""Structured data of an article's page: schema.org's NewsArticle.

Unknown fields are left out, never made up. The page does not claim to be a fact check of somebody's words (a
``ClaimReview``): only the page of a claim may.
"""

from __future__ import annotations

from typing import Any

from reader import config
from reader.articles.models import Article
from reader.text import dates


def news_article(article: Article) -> dict[str, Any]:
    """The NewsArticle of ``article``, as far as its fields are known."""
    settings = config.current()
    fields = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "creativeWorkStatus": "Retracted" if article.is_retracted else None,
        "description": article.standfirst,
        "url": absolute(article.path),
        "mainEntityOfPage": absolute(article.path),
        "image": article.image_src,
        "datePublished": article.dated and dates.stamp(article.dated),
        "dateModified": article.modified_at and dates.stamp(article.modified_at),
        "author": [_named("Person", author.name, absolute(author.path)) for author in article.authors],
        "publisher": _named("Organization", settings.site_name, settings.base_url),
        "articleSection": [topic.name for topic in article.topics],
        "wordCount": article.words,
        "inLanguage": article.lang,
        "isAccessibleForFree": True,
    }
    return {name: value for name, value in fields.items() if value}


def absolute(path: str) -> str | None:
    """The public address of ``path``; None where the site does not know its own."""
    base = config.current().base_url
    return f"{base.rstrip('/')}{path}" if base else None


def _named(kind: str, name: str, url: str | None) -> dict[str, str]:
    known = {"@type": kind, "name": name}
    return {**known, "url": url} if url else known
