"""Pages as they go out, and what templates know."""

import pytest
from flask import Flask, render_template, render_template_string
from jinja2 import DictLoader, UndefinedError

from reader.web.templating import page

BASE = "<h1>{% block head %}{% endblock %}</h1>{% for each in names %}<p>{{ each }}</p>{% endfor %}"
CHILD = "{% extends 'base.html' %}{% block head %}“{{ says }}”, 你好 🙂{% endblock %}"


def test_a_page_goes_out_as_the_text_that_its_template_makes(app: Flask) -> None:
    app.jinja_env.loader = DictLoader({"base.html": BASE, "child.html": CHILD})
    words = {"says": "<b> Ünder — “quotes”", "names": ["one", "zwei", "три"]}
    with app.test_request_context():
        made = page("child.html", **words)
        assert made == render_template("child.html", **words).encode()
    assert "“&lt;b&gt; Ünder — “quotes””, 你好 🙂" in made.decode()


def test_a_page_that_breaks_in_the_middle_is_no_page(app: Flask) -> None:
    app.jinja_env.loader = DictLoader({"broken.html": "begun {{ nobody.knows }}"})
    with app.test_request_context(), pytest.raises(UndefinedError):
        page("broken.html")


def test_a_template_knows_the_sites_globals_and_its_own_before_them(app: Flask) -> None:
    app.jinja_env.loader = DictLoader({"own.html": "{{ site_name }} {{ colour }}"})
    name = app.jinja_env.globals["site_name"]
    assert app.jinja_env.get_template("own.html", globals={"colour": "red"}).render() == f"{name} red"
    assert app.jinja_env.globals.get("colour") is None
    with app.test_request_context():
        assert render_template_string("{{ part is defined }}") == "True"
