"""Statements that every request or every write runs, put together once and handed to the database's driver as they are.

To carry a statement to SQLite and its rows back takes SQLAlchemy ten times as long as SQLite takes to answer, and most
of that is the same each time. What is left is what differs: the values on their way in and the rows on their way out,
both turned by the types of their columns.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from sqlalchemy import BindParameter, Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

from reader.db import query_limits
from reader.db.redaction import redact

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
_Processor = Callable[[Any], Any] | None


class Prepared:
    """A statement with named values, for either engine.

    Takes no list as a value, and no column whose value Python would have to think of (ValueError, where it is first
    used). Faults of the database are SQLAlchemy's, as everywhere.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """All rows, with their columns by name."""
        form = self._form(connection)
        return [form.row(raw) for raw in form.send(connection, values)]

    def row(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first row; None where there is none."""
        form = self._form(connection)
        found = form.send(connection, values)
        return form.row(found[0]) if found else None

    def scalar(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first column of the first row; None where there is none."""
        found = self.row(connection, values)
        return found[0] if found else None

    def scalars(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """The first column of all rows."""
        return [row[0] for row in self.rows(connection, values)]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Run a statement that has no rows."""
        self._form(connection).send(connection, values)

    def _form(self, connection: Connection) -> _Form:
        dialect = connection.dialect
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _Form(self._statement, dialect)
        return form


class _Form:
    """A statement as one engine takes it."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise ValueError(f"name all values, also those with a default: {compiled}")
        values = {name: _value(bind, dialect) for bind, name in compiled.bind_names.items()}
        self._text = str(compiled)
        self._in_order = [values[name] for name in compiled.positiontup] if compiled.positional else None
        self._by_name = values
        columns = statement.exported_columns
        self._has_rows = bool(columns)
        turns = [_out(column.type.dialect_impl(dialect), dialect) for column in columns]
        self._columns = turns if any(turns) else None
        self._make: Callable[[Any], Any] = _row_of(columns.keys())

    def row(self, raw: Any) -> Any:
        """A row as its columns' types have it in Python."""
        if self._columns is None:
            return self._make(raw)
        pairs = zip(self._columns, raw, strict=True)
        return self._make([value if turn is None else turn(value) for turn, value in pairs])

    def send(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows as the driver gives them, none where the statement has none."""
        if not connection.in_transaction():
            connection.begin()
        filled: Any
        if self._in_order is not None:
            filled = [value(values) for value in self._in_order]
        else:
            filled = {name: value(values) for name, value in self._by_name.items()}
        return ask(connection, self._text, filled, has_rows=self._has_rows)


def ask(connection: Connection, text: str, values: Any, *, has_rows: bool) -> Sequence[Any]:
    """Have the driver run ``text``."""
    raw: Any = connection.connection.dbapi_connection
    query_limits.start()
    try:
        cursor = raw.execute(text, values)
        return cursor.fetchall() if has_rows else []
    except BaseException as error:
        _fail(connection, text, values, error)


def _fail(connection: Connection, text: str, values: Any, fault: BaseException) -> NoReturn:
    """Raise the driver's fault as SQLAlchemy's; a connection that is good for nothing any more is given up."""
    dialect = connection.dialect
    base = dialect.loaded_dbapi.Error
    # Who is stopped in the middle of asking leaves an answer behind that nobody has read.
    is_lost = not isinstance(fault, Exception) or (
        isinstance(fault, base) and dialect.is_disconnect(fault, connection.connection.dbapi_connection, None)
    )
    if is_lost:
        connection.invalidate(fault)
    if not isinstance(fault, base):
        raise fault
    redact(fault)
    raise DBAPIError.instance(
        text, values, fault, base, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
    ) from fault


def _value(bind: BindParameter[Any], dialect: Dialect) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function that picks the value of ``bind`` from those given, or gives the statement's own."""
    if bind.expanding:
        raise ValueError(f"a list can't be a value of a prepared statement: {bind}")
    turn = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if not bind.required:
        fixed = turn(bind.value) if turn is not None else bind.value
        return lambda _values: fixed
    key = bind.key
    if turn is None:
        return lambda values: values[key]
    return lambda values: turn(values[key])


def _row_of(names: Iterable[Any]) -> Callable[[Any], Any]:
    """Return a function that makes rows with these columns."""
    make: Callable[[str, Iterable[Any]], Any] = namedtuple
    made: Callable[[Any], Any] = make("Row", names)._make
    return made


def _out(kind: Any, dialect: Dialect) -> _Processor:
    turn: _Processor = kind.result_processor(dialect, None)
    return turn
