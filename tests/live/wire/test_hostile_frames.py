"""No socket outlives its session, whatever it sends: on two workers, on either transport."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from wsproto.frame_protocol import Opcode

from reader.accounts import actions as accounts
from reader.accounts import queries as people
from reader.accounts.models import User
from reader.config import Settings
from reader.policy import Role
from reader.web import cookies
from tests.live.serving import Client
from tests.live.wire.test_websocket import masked
from tests.support.factories import a_person
from tests.support.sites import Site, a_free_port

MODERATION = '["live:join",{"stream":"moderation"}]'
TEXTS = st.sampled_from(
    [
        *("0", "1", "2", "3", "40", "41", "42", "40{}", "40/b,", "41/,", '40{"token":"x"}'),
        *(f"421{MODERATION}", f"42{MODERATION}", '421["live:leave",{"stream":"moderation"}]'),
        *(
            '421["live:join",{"stream":"front"}]',
            '421["live:join",{"stream":"access"}]',
            '421["live:join",[]]',
        ),
        *('42["connect",{}]', '42["connect",{},{}]', '42["disconnect","x"]', '42["disconnect"]', '42["*"]'),
        *("431[]", "44{}", f"451-{MODERATION}", "461-[]", "42[", "42", "x", "", "b42", "2probe", "5", "6"),
    ]
)
FRAMES = st.one_of(
    TEXTS.map(lambda text: masked(Opcode.TEXT, text.encode())),
    TEXTS.map(lambda text: masked(Opcode.TEXT, text.encode()[:2], final=False)).flatmap(
        lambda head: TEXTS.map(lambda text: head + masked(Opcode.CONTINUATION, text.encode()))
    ),
    st.sampled_from([masked(Opcode.PING, b"?"), masked(Opcode.BINARY, b"x"), masked(Opcode.CLOSE, b"")]),
    st.binary(max_size=20),
)
# What one socket sends while its session lasts, and what it goes on to send, by which it may end sooner.
TALK = st.tuples(st.lists(FRAMES, max_size=6), st.just([]) | st.lists(FRAMES, max_size=4))
KNOWN = [
    (['42["connect",{}]'], []),
    (['421["connect",{}]', f"421{MODERATION}"], [f"421{MODERATION}"]),
    (['42["disconnect","x"]'], []),
    (['42["disconnect","x"]', '42["connect",{}]', f"421{MODERATION}"], []),
    (['42["disconnect","x"]', '42["connect",{}]'], ["40", f"421{MODERATION}"]),
    (["40"], []),
    (["41", "40"], ["40", f"421{MODERATION}"]),
    (["40/b,", "41/b,"], [f"42/b,{MODERATION}"]),
    ([f"451-{MODERATION}"], ["40"]),
    ([f"42{MODERATION}"] * 30, ["41", "40"]),
]


def frames(texts: list[str]) -> list[bytes]:
    return [masked(Opcode.TEXT, text.encode()) for text in texts]


@pytest.fixture
def moderator(app: Flask) -> User:
    return a_person(role=Role.MODERATOR)


@pytest.fixture
def sites(
    postgres_settings: Settings, moderator: User, redis_url: str, tmp_path: Path
) -> Iterator[list[Site]]:
    """One site in two processes: one on our transport, one on the library's."""
    with ExitStack() as ended:
        started = []
        for fast in (True, False):
            folder = tmp_path / str(fast)
            folder.mkdir()
            bind = f"127.0.0.1:{a_free_port()}"
            own = replace(
                postgres_settings, instance=folder, bind=bind, redis_url=redis_url, fast_transport=fast
            )
            started.append(Site(own, folder, warm=True))
            ended.callback(started[-1].end)
            started[-1].start()
        yield started
        for site in started:
            assert "Traceback" not in site.log.read_text()


@pytest.fixture
def settings(postgres_settings: Settings) -> Settings:
    return postgres_settings


@hypothesis_settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(TALK, min_size=4, max_size=12))
@example([(frames(before), frames(after)) for before, after in KNOWN])
def test_no_socket_outlives_its_session(
    sites: list[Site], moderator: User, talks: list[tuple[list[bytes], list[bytes]]]
) -> None:
    token = accounts.open_session(moderator)
    session = people.session_by_token(token)
    assert session is not None
    with ExitStack() as ended:
        talking = []
        for before, after in talks:
            for site in sites:
                cookie = f"{cookies.login_cookie(site.settings)}={token}"
                client = Client(int(site.settings.bind.rpartition(":")[2]), cookie=cookie)
                ended.callback(client.close)
                assert "head" in client.call("live:join", {"stream": "moderation"})
                _send(client, before)
                talking.append((client, after))
        accounts.end_session(session.id, by=moderator)
        for client, after in talking:
            _send(client, after)
        for client, _after in talking:
            _read_to_the_end(client)


def _send(client: Client, data: list[bytes]) -> None:
    with suppress(ConnectionError):
        for each in data:
            client.raw(each)


def _read_to_the_end(client: Client) -> None:
    """Return when the server has ended the connection. TimeoutError where it does not."""
    client.socket.settimeout(20)  # less than a client may stay that says nothing more
    with suppress(ConnectionError):
        while client.socket.recv(65536):
            pass
