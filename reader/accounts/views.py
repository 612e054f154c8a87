"""Requests of this feature: parse, act, respond."""

from flask import Blueprint

from reader.accounts import sessions

blueprint = Blueprint("accounts", __name__)
blueprint.before_app_request(sessions.note_use)
