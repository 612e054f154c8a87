"""Requests of this feature: parse, act, respond."""

from flask import Blueprint

from reader.factchecks.summary import strength

blueprint = Blueprint("factchecks", __name__)
blueprint.add_app_template_filter(strength, "strength")
