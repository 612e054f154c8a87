"""Appending under a lock, and reading in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import cast

from flask import Flask, current_app
from sqlalchemy import (
    ARRAY,
    JSON,
    Connection,
    String,
    Table,
    any_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from reader.clock import now
from reader.db.base import db
from reader.db.prepared import Prepared
from reader.db.snapshot import autocommit_connection
from reader.db.transactions import unit
from reader.eventlog.kinds import Kind
from reader.eventlog.models import Event, Stream
from reader.eventlog.streams import MODERATION

Listener = Callable[[str, int], None]
_APPENDED = "reader-eventlog-appended"
_NEWS = "reader-eventlog-news"

# Every write of the site runs these.
_EVENTS = cast(Table, Event.__table__)
_STREAMS = cast(Table, Stream.__table__)
_LOCK = Prepared(select(_STREAMS.c.head).where(_STREAMS.c.name == bindparam("stream")).with_for_update())
_OPEN = {
    "sqlite": sqlite_insert(_STREAMS).on_conflict_do_nothing(),
    "postgresql": postgresql_insert(_STREAMS).on_conflict_do_nothing(),
}
_INSERT = insert(_EVENTS).values({each.key: bindparam(each.key) for each in _EVENTS.columns})
_UPDATE = update(_STREAMS).where(_STREAMS.c.name == bindparam("stream")).values(head=bindparam("seq"))
_APPEND, _ADVANCE = Prepared(_INSERT), Prepared(_UPDATE)
# Both at once, where the way to the database and back costs more than they do.
_APPEND_AND_ADVANCE = Prepared(_INSERT.add_cte(_UPDATE.cte("advanced")))
# Each worker asks this for every event, and the heads every two seconds, also where nobody asks it anything.
_SINCE = Prepared(
    select(*_EVENTS.columns)
    .where(_EVENTS.c.stream == bindparam("stream"), _EVENTS.c.seq > bindparam("after"))
    .order_by(_EVENTS.c.seq)
    .limit(bindparam("most"))
)
_OTHERS = select(
    exists().where(
        _EVENTS.c.stream == bindparam("stream"),
        _EVENTS.c.seq > bindparam("after"),
        _EVENTS.c.kind.not_like(bindparam("kinds")),
    )
)
_SOME = select(_STREAMS.c.name, _STREAMS.c.head)
_LISTED = func.json_each(bindparam("streams", type_=JSON)).table_valued("value")
_HEADS = {
    "sqlite": Prepared(_SOME.where(_STREAMS.c.name.in_(select(_LISTED.c.value)))),
    "postgresql": Prepared(_SOME.where(_STREAMS.c.name == any_(bindparam("streams", type_=ARRAY(String))))),
}
_HEAD = Prepared(select(_STREAMS.c.head).where(_STREAMS.c.name == bindparam("stream")))


def _rank(stream: str) -> tuple[bool, str]:
    return stream == MODERATION, stream


def lock(*streams: str) -> None:
    """Take the locks of ``streams``, making those that are new; held until the transaction ends.

    To be called before anything is validated: what is read after it can't change until the commit. All writers
    lock in one order (by name, ``moderation`` last), so no two can wait for each other; RuntimeError where a call
    would break that order, or outside a transaction. Articles, claims and persons come before ``verdicts``.
    """
    work = unit()
    wanted = sorted((name for name in set(streams) if name not in work.heads), key=_rank)
    if wanted and work.heads and _rank(wanted[0]) < max(map(_rank, work.heads)):
        raise RuntimeError(f"lock {wanted[0]} before {max(work.heads, key=_rank)}: streams lock in one order")
    for name in wanted:
        work.heads[name] = _locked_head(work.connection, name)


def _locked_head(connection: Connection, name: str) -> int:
    found: int | None = _LOCK.scalar(connection, {"stream": name})
    if found is not None:
        return found
    connection.execute(_OPEN[connection.dialect.name], {"name": name, "head": 0})
    made: int = _LOCK.scalar(connection, {"stream": name})
    return made


def upcoming(stream: str) -> int:
    """The number that the next event of ``stream`` will get; RuntimeError unless it is locked."""
    try:
        return unit().heads[stream] + 1
    except KeyError:
        raise RuntimeError(f"lock {stream} before asking for its next number") from None


def append(kind: Kind, stream: str, target: str, *, actor_id: int | None) -> int:
    """Write that ``kind`` happened to ``target`` (an element's id, such as ``comment-7``); the event's number.

    The stream must be locked (RuntimeError). Once the transaction has committed, every listener of
    :func:`on_append` is told the stream's new head, once.
    """
    work = unit()
    if stream not in work.heads:
        raise RuntimeError(f"lock {stream} before appending to it")
    work.heads[stream] += 1
    seq = work.heads[stream]
    event = {
        "stream": stream,
        "seq": seq,
        "kind": kind.value,
        "target": target,
        "actor_id": actor_id,
        "at": now(),
    }
    if work.connection.dialect.name == "postgresql":
        _APPEND_AND_ADVANCE.run(work.connection, event)
    else:
        _APPEND.run(work.connection, event)
        _ADVANCE.run(work.connection, event)
    if stream not in work.appended:
        work.appended.add(stream)
        work.after.append(lambda: _announce(stream, work.heads[stream]))
    return seq


def since(stream: str, after: int, *, limit: int, on: Connection | None = None) -> Sequence[Event]:
    """The events of ``stream`` numbered above ``after``, in order, ``limit`` at most. They belong to no session.

    They are read where the session reads, or on another connection.
    """
    asked = {"stream": stream, "after": after, "most": limit}
    rows = _SINCE.rows(on or db.session.connection(), asked)
    return [Event(**row._asdict()) for row in rows]


def only(stream: str, after: int, *, kinds: str) -> bool:
    """Return True if every event of ``stream`` after number ``after`` has a kind that starts with ``kinds``."""
    return not db.session.connection().scalar(
        _OTHERS, {"stream": stream, "after": after, "kinds": f"{kinds}%"}
    )


def head(stream: str) -> int:
    """The number of the last event of ``stream``; 0 for one that never had any."""
    return _HEAD.scalar(db.session.connection(), {"stream": stream}) or 0


def heads(streams: Iterable[str]) -> dict[str, int]:
    """The heads of several streams as of now, in one query; streams that never had an event are left out."""
    with autocommit_connection() as connection:
        rows = _HEADS[connection.dialect.name].rows(connection, {"streams": list(streams)})
    return {row.name: row.head for row in rows}


def on_append(app: Flask, fn: Listener) -> None:
    """Have ``fn(stream, head)`` called after each commit of ``app`` that appended to ``stream``."""
    app.extensions.setdefault(_APPENDED, []).append(fn)


def on_news(app: Flask, fn: Listener) -> None:
    """Have ``fn(stream, head)`` called for the same commits, and for those of other processes that it is told of.

    News may come late, twice, in any order, or never: what they name is to be looked up.
    """
    app.extensions.setdefault(_NEWS, []).append(fn)


def publish_hint(app: Flask, stream: str, number: int) -> None:
    """Pass on that ``stream`` has come to ``number`` somewhere."""
    for fn in app.extensions.get(_NEWS, ()):
        fn(stream, number)


def _announce(stream: str, number: int) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    for fn in app.extensions.get(_APPENDED, ()):
        fn(stream, number)
    publish_hint(app, stream, number)
