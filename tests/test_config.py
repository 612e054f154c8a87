"""Settings: read once, checked, and refused with their name, the fault and an example."""

from dataclasses import fields
from pathlib import Path

import pytest

from reader import config
from reader.checks import SECRET_LENGTH
from reader.config import BadSetting, Settings, variable
from reader.instance import folder


def test_without_any_variable_a_site_runs_on_this_machine_alone() -> None:
    settings = config.read({})
    assert settings == Settings()
    assert settings.embedded
    assert settings.database() == f"sqlite:///{Path('instance').absolute()}/reader.sqlite3"
    assert not settings.secure


def test_an_empty_variable_is_an_unset_one() -> None:
    assert config.read({"READER_WORKERS": " ", "READER_REDIS_URL": ""}) == Settings()


def test_postgresql_is_reached_by_the_driver_that_is_installed() -> None:
    settings = config.read({"READER_DATABASE_URL": "postgresql://reader@db/reader"})
    assert settings.database() == "postgresql+psycopg://reader@db/reader"
    assert not settings.embedded


def test_a_site_behind_https_says_so_to_its_cookies() -> None:
    assert config.read({"READER_BASE_URL": "https://news.example"}).secure
    assert not config.read({"READER_BASE_URL": "http://news.example"}).secure


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("READER_WORKERS", "many", "whole number"),
        ("READER_WORKERS", "0", "at least 1"),
        ("READER_BIND", "8000", "HOST:PORT"),
        ("READER_BIND", "localhost:99999", "HOST:PORT"),
        ("READER_BASE_URL", "news.example", "http://"),
        ("READER_BASE_URL", "https://news.example/blog", "without a path"),
        ("READER_DATABASE_URL", "mysql://db", "sqlite:/// or postgresql://"),
        ("READER_REDIS_URL", "localhost:6379", "redis://"),
        ("READER_TRUSTED_PROXIES", "-1", "at least 0"),
        ("READER_LIMIT_COMMENTS", "a lot", ""),
        ("READER_CONNECTIONS", "1", "at least 10"),
    ],
)
def test_a_bad_value_is_refused_with_name_fault_and_example(name: str, value: str, fault: str) -> None:
    with pytest.raises(BadSetting) as refused:
        config.read({name: value})
    message = str(refused.value)
    assert message.startswith(f"{name}: ")
    assert fault in message
    assert repr(value) in message
    assert f"Example: {name}=" in message


@pytest.mark.parametrize("name", ["READER_SECRET_KEY", "READER_METRICS_TOKEN"])
def test_a_weak_secret_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(BadSetting) as refused:
        config.read({name: "hunter2"})
    assert "it has 7 characters, and must have at least 32" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_every_setting_has_a_reason_and_an_example_that_can_be_used() -> None:
    for item in fields(Settings):
        assert item.metadata["reason"].endswith(".")
        example = item.metadata["example"]
        if not example.startswith("the output of"):
            config.read({variable(item.name): example})


@pytest.mark.parametrize("name", ["READER_DATABASE_URL", "READER_REDIS_URL", "READER_MAIL_URL"])
def test_a_password_in_an_address_is_not_repeated(name: str) -> None:
    with pytest.raises(BadSetting) as refused:
        config.read({name: "gopher://reader:hunter2@db.example/site"})
    assert "gopher://…@db.example/site" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "site")
    folder.make(settings)
    first = config.secret_key(settings)
    folder.make(settings)
    assert len(first) >= SECRET_LENGTH
    assert config.secret_key(settings) == first
    assert (tmp_path / "site" / config.SECRET_FILE).stat().st_mode & 0o777 == 0o600


def test_an_emptied_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / config.SECRET_FILE).write_text("")
    with pytest.raises(BadSetting, match="delete the file"):
        config.secret_key(Settings(instance=tmp_path))
