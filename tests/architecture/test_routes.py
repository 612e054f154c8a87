"""Rules for addresses: every write carries a token, and every staff page refuses the others."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, BaseConverter, NumberConverter

from reader.db.base import db
from reader.eventlog import Event
from reader.policy import ROUTES
from reader.web.origins import csrf
from tests.support.factories import a_person
from tests.support.people import log_in

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
PUBLIC = {"/moderation/log"}


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def address(rule: Rule) -> str:
    """An address that the rule matches; what it names need not exist."""
    built = rule.build({name: _any_value(rule._converters[name]) for name in rule.arguments})
    assert built is not None
    return built[1]


def _any_value(converter: BaseConverter) -> object:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, NumberConverter) else "none"


def staff(app: Flask) -> list[tuple[str, str]]:
    """Method and address of everything that only moderators or editors may use."""
    return [
        (method, address(rule))
        for rule in rules(app)
        if (rule.rule.startswith(("/moderation/", "/desk/")) and rule.rule not in PUBLIC)
        or rule.rule.endswith("/verdict")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_there_are_staff_addresses(app: Flask) -> None:
    found = staff(app)
    assert ("POST", "/moderation/comments/1/remove") in found
    assert ("POST", "/moderation/comments/1/restore") in found
    assert ("POST", "/fact-checks/none/verdict") in found


def test_the_policys_table_of_routes_names_every_address_and_no_other(app: Flask) -> None:
    assert {rule.endpoint for rule in rules(app)} == set(ROUTES)


def test_no_view_is_exempt_from_tokens_but_what_mail_programs_post_to(app: Flask) -> None:
    """The address there is signed, and does one thing (RFC 8058)."""
    assert csrf._exempt_views == {"reader.notifications.views.unsubscribe"}
    assert csrf._exempt_blueprints == set()


def test_every_write_without_a_token_is_refused(app: Flask, client: FlaskClient) -> None:
    writes = [(method, address(rule)) for rule in rules(app) for method in (rule.methods or set()) & WRITES]
    assert ("POST", "/login") in writes
    answers = {write: client.open(write[1], method=write[0]).status_code for write in writes}
    assert {write: status for write, status in answers.items() if status != 400} == {
        ("POST", "/unsubscribe/none"): 404
    }


def test_staff_addresses_send_a_visitor_to_the_login(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for method, path in staff(app):
        answer = client.open(path, method=method)
        assert answer.status_code in (302, 303, 401), path
        if answer.status_code != 401:
            assert answer.location.startswith("/login"), path


def test_staff_addresses_refuse_a_reader_and_nothing_happens(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    log_in(client, a_person())
    before = db.session.scalar(select(func.count()).select_from(Event))
    answers = {(method, path): client.open(path, method=method).status_code for method, path in staff(app)}
    assert {where: status for where, status in answers.items() if status != 403} == {}
    assert db.session.scalar(select(func.count()).select_from(Event)) == before


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_operators_addresses_are_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200
