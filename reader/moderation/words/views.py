"""Requests of moderators about word lists: parse, act, respond."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from reader.accounts.access import person
from reader.errors import Refused
from reader.moderation.words import actions
from reader.moderation.words.forms import WordsForm
from reader.web.answers import form_again, wants_json
from reader.web.notices import Done, done

PAGE = "moderation/words/words.html"

blueprint = Blueprint("listed_words", __name__)


@blueprint.get("/moderation/words")
def lists() -> ResponseReturnValue:
    """Show all word lists."""
    return redirect("/moderation/words/banned")


@blueprint.get("/moderation/words/<name>")
def show(name: str) -> str:
    """Show a word list for editing."""
    stored = actions.stored_words(name)
    form = WordsForm(formdata=None, words=stored.words, version=stored.version)
    return render_template(PAGE, form=form, trial=None, **_page(name))


@blueprint.post("/moderation/words/<name>")
def change(name: str) -> ResponseReturnValue:
    """Try a list on recent comments, or save it."""
    form = WordsForm()
    page = _page(name, replaces=bool(form.replaces.data))
    if not form.validate():
        return form_again(PAGE, form, trial=None, **page)
    try:
        if request.form.get("act") != "save":
            trial = actions.try_words(form.words.data or "")
            return render_template(PAGE, form=form, trial=trial, **page)
        actions.save_words(name, form.words.data or "", by=person(), version=form.version.data)
    except Refused as refused:
        if wants_json():
            raise
        page = _page(name, replaces=bool(refused.resend or form.replaces.data))
        return form_again(PAGE, form, refused, trial=None, **page)
    return done(Done.WORDS_SAVED, f"/moderation/words/{name}", name=name)


def _page(name: str, *, replaces: bool = False) -> dict[str, Any]:
    stored = actions.stored_words(name)
    return {"name": name, "heading": actions.LISTS[name], "other": stored.words if replaces else None}
