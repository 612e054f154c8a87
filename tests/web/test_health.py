"""Health and metrics for operators' machines."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader.app import create_app
from reader.config import Settings
from tests.conftest import SECRET

TOKEN = "a token for tests only, long enough to be taken"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, metrics_token=TOKEN)


def test_a_site_that_serves_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/livez").text == "alive\n"
    assert client.get("/readyz").text == "ready\n"


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_an_answer_about_health_is_kept_by_nobody(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_without_tables_a_site_is_alive_and_not_ready(tmp_path: Path) -> None:
    client = create_app(Settings(instance=tmp_path, secret_key=SECRET), new=True).test_client()
    assert client.get("/livez").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "reader db upgrade" in answer.text


def test_without_its_database_a_site_is_not_ready_and_says_nothing_more(tmp_path: Path) -> None:
    settings = Settings(
        instance=tmp_path, database_url="postgresql://me:hidden@127.0.0.1:1/x", secret_key=SECRET
    )
    answer = create_app(settings).test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")


def test_requests_are_counted_by_endpoint_method_and_status(client: FlaskClient) -> None:
    client.get("/livez")
    client.get("/nowhere")
    numbers = client.get("/metrics").text
    assert 'reader_request_seconds_count{endpoint="health.livez",method="GET",status="200"} 1.0' in numbers
    assert 'reader_request_seconds_count{endpoint="none",method="GET",status="404"} 1.0' in numbers
    assert "reader_sockets 0.0" in numbers


def test_kept_pages_are_counted(client: FlaskClient) -> None:
    for _ in range(3):
        client.get("/about")
    numbers = client.get("/metrics").text
    assert 'reader_kept_pages_total{answer="kept"} 2.0' in numbers
    assert 'reader_kept_pages_total{answer="made"} 2.0' in numbers  # the numbers themselves are made, too


def test_the_numbers_are_for_this_machine_only(client: FlaskClient) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "::1"}).status_code == 200
    assert client.get("/metrics", environ_base=ELSEWHERE).status_code == 404


def test_a_visitor_behind_an_unknown_local_proxy_gets_no_metrics(
    client: FlaskClient,
) -> None:
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404


def test_whoever_has_the_token_gets_the_numbers(client: FlaskClient) -> None:
    def ask(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return client.get("/metrics", headers=headers, environ_base=ELSEWHERE).status_code

    assert ask(TOKEN) == 200
    assert ask(TOKEN[:-1]) == 404
    assert ask("") == 404


def test_without_a_token_no_token_opens(app: Flask, sqlite_settings: Settings) -> None:
    client = create_app(sqlite_settings).test_client()
    headers = {"Authorization": "Bearer None"}
    assert client.get("/metrics", headers=headers, environ_base=ELSEWHERE).status_code == 404
