"""What every template may use, fragments included: nothing here depends on who is looking."""

from flask import Flask
from markupsafe import Markup

from reader import assets, config, dates, fragments, wording


def init_app(app: Flask) -> None:
    """Give the templates their filters and globals."""
    assets.init_app(app)
    app.jinja_env.filters.update(when=dates.when, on_day=dates.on_day, stamp=dates.stamp)
    app.jinja_env.filters.update(plural=wording.plural, listing=wording.listing, spell=wording.spell)
    settings: config.Settings = app.config["READER"]
    app.jinja_env.globals.update(part=part, site_name=settings.site_name, base_url=settings.base_url)


def part(name: str) -> Markup:
    """What stands on every page under this name."""
    return fragments.kept("layouts/_macros.html", name)
