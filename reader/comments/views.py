"""Requests of this feature: parse, act, respond."""

from flask import Blueprint

blueprint = Blueprint("comments", __name__)
