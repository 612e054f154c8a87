"""Keyset paging of lists, newest first: a page goes on from a row's time, never from a count of rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import SQLColumnExpression

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = re.compile(r"(\d{1,17})-(\d{1,18})")


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
        if found is None:
            return None
        try:
            return cls(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))
        except OverflowError:
            return None

    def older(
        self, at: SQLColumnExpression[datetime], id_column: InstrumentedAttribute[int]
    ) -> ColumnElement[bool]:
        """The rows that come after this one."""
        return or_(at < self.at, and_(at == self.at, id_column < self.id))
