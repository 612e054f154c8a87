"""Forms as a browser without JavaScript fills them in and sends them."""

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def page(response: TestResponse) -> BeautifulSoup:
    """The page of a response."""
    return BeautifulSoup(response.text, "html.parser")


def form_on(response: TestResponse, action: str) -> Tag:
    """The form of a page that is sent to ``action``. LookupError where it has none."""
    for form in page(response).find_all("form"):
        if form["action"] == action:
            return form
    raise LookupError(f"no form for {action} on this page:\n{response.text}")


def values_of(form: Tag) -> dict[str, str]:
    """Return what a form would send as it is: its inputs and texts; an unticked box sends nothing."""
    values = {}
    for control in form.find_all(["input", "textarea"]):
        if control.get("type") in ("checkbox", "radio") and not control.has_attr("checked"):
            continue
        if not control.has_attr("name"):
            continue
        values[str(control["name"])] = (
            control.text if control.name == "textarea" else str(control.get("value", ""))
        )
    for control in form.find_all("select"):
        chosen = control.find("option", selected=True) or control.find("option")
        values[str(control["name"])] = str(chosen["value"]) if chosen else ""
    return values


def fill_in(client: FlaskClient, address: str, action: str, **fields: str) -> TestResponse:
    """Open ``address``, fill in its form for ``action`` and send it, as a browser does."""
    opened = client.get(address)
    values = {**values_of(form_on(opened, action)), **fields}
    return client.post(action, data=values, headers={"Referer": opened.request.url})


def errors_beside(response: TestResponse, field: str) -> str:
    """Return the error beside a field; empty if there is none."""
    found = page(response).find(id=f"{field}-error")
    return found.get_text(" ", strip=True) if found else ""
