"""Requests of this feature: parse, act, respond."""

from flask import Blueprint

blueprint = Blueprint("pages", __name__)
