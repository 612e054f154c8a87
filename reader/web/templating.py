"""Filters and globals of every template, fragments included: nothing here depends on the viewer."""

from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

from reader import config
from reader.text import dates, english, languages, letters
from reader.web import assets, fragments


def init_app(app: Flask) -> None:
    """Give the templates their filters and globals."""
    assets.init_app(app)
    app.jinja_env.filters.update(when=dates.when, on_day=dates.on_day, known=dates.known, stamp=dates.stamp)
    app.jinja_env.filters.update(
        bounded=letters.bounded, plural=english.plural, listing=english.listing, spell=english.spell
    )
    app.jinja_env.filters.update(joined=english.joined, language=languages.attributes, bdi=languages.bdi)
    app.jinja_env.filters.update(isolated=languages.isolated, up_to=english.up_to)
    settings: config.Settings = app.config["READER"]
    app.jinja_env.globals.update(part=part, site_name=settings.site_name, base_url=settings.base_url)


def part(name: str) -> Markup:
    """The part of this name that is the same on every page."""
    return fragments.kept("layouts/_macros.html", name)


def page(template: str, **context: Any) -> bytes:
    """A whole page as it goes out.

    Piece by piece: one character that is not Latin, such as a quotation mark, would have all the rest widened for it
    and written out one by one, where nearly all pieces are copied as they are.
    """
    current_app.update_template_context(context)
    pieces = current_app.jinja_env.get_template(template).generate(context)
    return b"".join(map(str.encode, pieces))
