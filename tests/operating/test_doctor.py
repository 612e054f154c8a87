"""``reader doctor``: it finds what is wrong, and says what to do."""

import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from flask import Flask

from reader import clock, config
from reader.app import create_app
from reader.config import BadSetting, Settings
from reader.db.base import db
from reader.instance import folder
from reader.operating.doctor import CheckResult, examine
from tests.conftest import SECRET
from tests.support.sites import a_free_port, serving


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def examined(settings: Settings, environ: Mapping[str, str]) -> list[CheckResult]:
    """Run the doctor on a site, and leave no connection open."""
    app = create_app(settings)
    try:
        return list(examine(lambda: app, environ))
    finally:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


def findings(settings: Settings) -> dict[str, CheckResult]:
    """Return the doctor's findings by their subjects."""
    return {finding.what: finding for finding in examined(settings, {})}


def faults(settings: Settings) -> dict[str, str]:
    return {what: finding.says for what, finding in findings(settings).items() if not finding.well}


def test_a_sound_site_is_well(settings: Settings) -> None:
    found = findings(settings)
    assert list(found) == [
        "settings",
        "instance",
        "secret",
        "database",
        "schema",
        "replica",
        "redis",
        "mail",
        "clock",
        "discussions",
        "clients",
    ]
    assert [finding for finding in found.values() if not finding.well] == []
    assert found["discussions"].says == "stay open until somebody closes them"
    closing = findings(replace(settings, close_after=14))["discussions"]
    assert closing.says.startswith("close 14 days after")


def test_a_bad_setting_is_named_and_ends_the_examination() -> None:
    def factory() -> Flask:
        raise BadSetting("READER_BIND: it must be HOST:PORT")

    assert list(examine(factory)) == [CheckResult("settings", False, "READER_BIND: it must be HOST:PORT")]


def test_a_database_without_tables_is_told_how_to_get_them(tmp_path: Path) -> None:
    (tmp_path / "reader.sqlite3").touch()
    assert "reader db upgrade" in faults(Settings(instance=tmp_path, secret_key=SECRET))["schema"]


def test_a_variable_that_is_no_setting_is_named_with_the_nearest(settings: Settings) -> None:
    environ = {"READER_BASE_URI": "https://news.example", "READER_XYZZY": "1", "READER_TEST_BROWSER": "x"}
    found = [each for each in examined(settings, environ) if each.what == "settings"]
    assert [each.well for each in found] == [False, False]
    assert "READER_BASE_URI" in found[0].says
    assert "did you mean READER_BASE_URL?" in found[0].says
    assert "table of settings" in found[1].says


def test_the_examination_makes_nothing(tmp_path: Path) -> None:
    absent = Settings(instance=tmp_path / "absent")
    found = list(examine(lambda: create_app(absent), {}))
    assert [(each.what, each.well) for each in found] == [("instance", False)]
    assert str(absent.instance) in found[0].says
    assert not absent.instance.exists()


def test_a_database_that_does_not_answer_is_found(tmp_path: Path) -> None:
    nowhere = f"postgresql://reader:hidden@127.0.0.1:{a_free_port()}/reader"
    found = faults(Settings(instance=tmp_path, database_url=nowhere, secret_key=SECRET))
    assert set(found) == {"database", "schema", "clock"}
    assert "does not answer" in found["database"]
    assert "hidden" not in str(found)


def test_a_replica_has_to_answer_and_to_follow_the_database(postgres_settings: Settings) -> None:
    """A replica that follows the database is tested in tests/db/test_standby.py."""
    found = faults(replace(postgres_settings, replica_url=postgres_settings.database_url))
    assert list(found) == ["replica"]
    assert "takes writes itself" in found["replica"]
    nowhere = f"postgresql://reader:hidden@127.0.0.1:{a_free_port()}/reader"
    found = faults(replace(postgres_settings, replica_url=nowhere))
    assert list(found) == ["replica"]
    assert "READER_REPLICA_URL" in found["replica"]
    assert "hidden" not in found["replica"]


def test_a_redis_that_answers_is_well(sqlite_settings: Settings, redis_url: str) -> None:
    assert faults(replace(sqlite_settings, redis_url=redis_url)) == {}


def test_a_redis_that_does_not_answer_is_found(sqlite_settings: Settings) -> None:
    nowhere = replace(sqlite_settings, redis_url=f"redis://127.0.0.1:{a_free_port()}/0")
    assert "READER_REDIS_URL" in faults(nowhere)["redis"]


def test_a_secret_that_others_may_read_is_found(sqlite_settings: Settings) -> None:
    own = replace(sqlite_settings, secret_key=None)
    folder.make(own)
    assert faults(own) == {}
    (own.instance / config.SECRET_FILE).chmod(0o644)
    assert "chmod 600" in faults(own)["secret"]


@pytest.mark.parametrize(
    ("name", "mode"),
    [(".", 0o777), (".", 0o755), (".", 0o750), ("reader.sqlite3", 0o644), ("reader.sqlite3", 0o640)],
)
def test_what_others_may_read_or_write_is_found_and_mended_by_what_it_says(
    name: str, mode: int, sqlite_settings: Settings
) -> None:
    path = sqlite_settings.instance / name
    path.chmod(mode)
    says = faults(sqlite_settings)["instance"]
    assert str(path) in says
    subprocess.run(shlex.split(says.partition(": ")[2]), check=True)
    assert faults(sqlite_settings) == {}


def test_a_clock_that_is_off_is_found(postgres_settings: Settings) -> None:
    with clock.set_clock(lambda: datetime(2020, 1, 1, tzinfo=UTC)):
        assert "NTP" in faults(postgres_settings)["clock"]


class TestClients:
    """Check that clients are told apart, by the counters of a running site."""

    @pytest.fixture
    def bound(self, sqlite_settings: Settings) -> Settings:
        return replace(sqlite_settings, bind=f"127.0.0.1:{a_free_port()}")

    def found(self, settings: Settings, tmp_path: Path, headers: dict[str, str]) -> CheckResult:
        """Return the doctor's finding about clients after many connections with these headers."""
        with serving(settings, tmp_path) as site:
            for number in range(60):
                named = {name: value.format(number) for name, value in headers.items()}
                assert requests.get(f"{site.url}/livez", headers=named, timeout=20).status_code == 200
            return findings(settings)["clients"]

    def test_where_nothing_runs_nothing_is_claimed(self, bound: Settings) -> None:
        found = findings(bound)["clients"]
        assert (found.mark, found.says.split()[:2]) == ("ok   ", ["nobody", "answers"])

    def test_a_proxy_that_is_not_trusted_is_a_doubt(self, bound: Settings, tmp_path: Path) -> None:
        found = self.found(bound, tmp_path, {"X-Forwarded-For": "192.0.2.{}"})
        assert (found.mark, found.well) == ("warn ", True)
        assert "READER_TRUSTED_PROXIES=1" in found.says

    def test_everybody_from_one_address_is_a_doubt(self, bound: Settings, tmp_path: Path) -> None:
        trusting = replace(bound, trusted_proxies=1)
        found = self.found(trusting, tmp_path, {"X-Forwarded-For": "192.0.2.{}, 198.51.100.1"})
        assert found.mark == "warn "
        assert "came from one address" in found.says

    def test_people_from_many_addresses_are_well(self, bound: Settings, tmp_path: Path) -> None:
        trusting = replace(bound, trusted_proxies=1)
        found = self.found(trusting, tmp_path, {"X-Forwarded-For": "192.0.2.{}"})
        assert (found.mark, "0 were refused" in found.says) == ("ok   ", True)

    def test_connections_of_this_machine_itself_tell_nothing(self, bound: Settings, tmp_path: Path) -> None:
        assert self.found(bound, tmp_path, {}).mark == "ok   "
