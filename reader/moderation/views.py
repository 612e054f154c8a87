"""Requests of this feature: parse, act, respond."""

from flask import Blueprint

blueprint = Blueprint("moderation", __name__)
