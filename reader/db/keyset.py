"""Keyset paging of lists, newest first: a page goes on from a row's key, never from a count of rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import SQLColumnExpression

from reader.db.base import db

T = TypeVar("T")
Row = TypeVarTuple("Row")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = re.compile(r"([0-9]{1,17})-([0-9]{1,10})")
MAX_ID = 2**31 - 1  # what an id's column holds


def id_from(text: str | None) -> int | None:
    """The id that ``text`` writes out; None where it is none."""
    if not re.fullmatch(r"[0-9]{1,10}", text or ""):
        return None
    number = int(text or "")
    return number if number <= MAX_ID else None


def page(rows: Sequence[T], size: int) -> tuple[Sequence[T], T | None]:
    """Part what was found for a page of ``size`` rows, for which the query asks for one more.

    Return the page's rows, and the last of them if the list goes on after it.
    """
    return rows[:size], rows[size - 1] if len(rows) > size else None


def newest(
    query: Select[*Row],
    group: tuple[InstrumentedAttribute[int] | InstrumentedAttribute[int | None], int],
    id_column: InstrumentedAttribute[int],
    after: int | None = None,
) -> Select[*Row]:
    """Select the rows with this value in the ``group``'s column, newest first, below the id ``after``.

    They are sought in an index of both columns, which the order names, too.

    As a range the column leads PostgreSQL to that index. Asked for one value, it would go through all rows from the
    newest on, expecting to meet enough of them soon. SQLite seeks by a range of the first column alone, and would pass
    over all rows before ``after``; so would PostgreSQL, were the range's end named besides.
    """
    column, value = group
    query = query.order_by(column.desc(), id_column.desc())
    if db.engine.dialect.name != "postgresql":
        query = query.where(column == value)
        return query if after is None else query.where(id_column < after)
    end = column <= value if after is None else tuple_(column, id_column) < (value, after)
    return query.where(column >= value, end)


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: its time, to the microsecond, and its id, which decides between equal times."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"

    @classmethod
    def parse(cls, text: str | None) -> Cursor | None:
        """The cursor that ``text`` writes out; None where it is none: the list then starts anew."""
        found = _FORM.fullmatch(text or "")
        number = id_from(found[2]) if found else None
        if found is None or number is None:
            return None
        return cls(_EPOCH + timedelta(microseconds=int(found[1])), number)

    def older(
        self, at: SQLColumnExpression[datetime], id_column: InstrumentedAttribute[int]
    ) -> ColumnElement[bool]:
        """The rows that come after this one; the first condition is one that an index can seek by."""
        return and_(at <= self.at, or_(at < self.at, id_column < self.id))
