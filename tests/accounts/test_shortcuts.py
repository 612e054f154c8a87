"""Keyboard shortcuts are a choice of each person's."""

import json

from flask.testing import FlaskClient

from tests.support.factories import a_person, an_article
from tests.support.forms import fill_in, page
from tests.support.people import log_in


def test_shortcuts_are_on_until_they_are_switched_off(client: FlaskClient) -> None:
    article = an_article()
    log_in(client, a_person())
    for expected in (False, True):
        assert fill_in(client, "/account/", "/account/shortcuts").status_code == 303
        block = page(client.get(article.path)).find(id="mine")
        assert block
        assert json.loads(block.text)["shortcuts"] is expected
