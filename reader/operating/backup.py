"""``reader backup`` and ``restore``: the whole database in one file, the same for SQLite and PostgreSQL.

A gzipped tar: ``manifest.json`` first (format, versions, and each table's rows and SHA-256), then each table
as JSON lines. It is taken in one snapshot while the site is served, and put back in one transaction after
every byte of it was checked. It holds addresses and password hashes, so only its owner may read it.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from sqlalchemy import Connection, Date, Table, func, insert, select

from reader import __version__
from reader.clock import now
from reader.db import schema
from reader.db.base import Instant, db
from reader.db.snapshot import snapshot
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Missing

FORMAT = 1
MANIFEST = "manifest.json"
BATCH = 1000

Counts = dict[str, int]


def back_up(target: Path, *, overwrite: bool = False) -> Counts:
    """Write the whole database to ``target``; how many rows of each table.

    Raises :class:`Conflict` where there is such a file already, unless it is to be overwritten, and
    :class:`Missing` where its folder is not there.
    """
    target = target.absolute()
    if target.exists() and not overwrite:
        raise Conflict(f"{target} exists already. Choose another name, or say --overwrite.")
    if not target.parent.is_dir():
        raise Missing(f"There is no folder {target.parent}. Make it, or choose another one.")
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as folder:
        tables: dict[str, dict[str, Any]] = {}
        with snapshot() as connection:
            for table in db.metadata.sorted_tables:
                tables[table.name] = _dump(connection, table, Path(folder, table.name))
        manifest = {
            "format": FORMAT,
            "reader": __version__,
            "schema": schema.newest(),
            "made": now().isoformat(),
            "tables": tables,
        }
        packed = Path(folder, "packed")
        packed.touch(0o600)
        with tarfile.open(packed, "w:gz", compresslevel=6) as archive:
            _add(archive, MANIFEST, json.dumps(manifest, indent=2).encode())
            for name in tables:
                archive.add(Path(folder, name), f"{name}.jsonl")
        packed.replace(target)
    return {name: entry["rows"] for name, entry in tables.items()}


def restore(source: Path) -> Counts:
    """Put a backup into an empty database of the same schema; how many rows of each table.

    Invalid where the file is damaged, no backup, or of another schema; Conflict unless the database is empty.
    """
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = _manifest(archive)
            for name, entry in manifest["tables"].items():
                _verify(archive, name, entry)
            _refuse_unless_empty()
            with transaction() as session:
                connection = session.connection()
                for table in db.metadata.sorted_tables:
                    for rows in _batches(_lines(archive, table.name), table):
                        connection.execute(insert(table), rows)
                    _continue_numbers(connection, table)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise Invalid(f"{source} is no whole backup: {error}") from error
    return {name: entry["rows"] for name, entry in manifest["tables"].items()}


def _dump(connection: Connection, table: Table, path: Path) -> dict[str, Any]:
    """Write a table's rows in the order of their keys, so that an answer comes after what it answers."""
    digest, count = hashlib.sha256(), 0
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    with path.open("wb") as file:
        for row in connection.execute(query).mappings():
            line = json.dumps(dict(row), ensure_ascii=False, default=_written).encode() + b"\n"
            digest.update(line)
            file.write(line)
            count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def _written(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a backup can't hold {value!r}")


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(now().timestamp())
    archive.addfile(entry, BytesIO(content))


def _open(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        file = archive.extractfile(name)
    except KeyError:
        file = None
    if file is None:
        raise Invalid(f"The backup lacks {name}.")
    return file


def _manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    manifest = json.load(_open(archive, MANIFEST))
    if manifest.get("format") != FORMAT:
        raise Invalid(f"This Reader reads backups of format {FORMAT}; this one has {manifest.get('format')}.")
    if manifest["schema"] != schema.newest():
        raise Invalid(
            f"The backup has schema {manifest['schema']}, this Reader {schema.newest()}. Restore it with"
            f" Reader {manifest['reader']}, then install this one and run: reader db upgrade"
        )
    if set(manifest["tables"]) != set(db.metadata.tables):
        raise Invalid("The backup's tables are not this Reader's.")
    found: dict[str, Any] = manifest
    return found


def _verify(archive: tarfile.TarFile, name: str, entry: dict[str, Any]) -> None:
    digest, count = hashlib.sha256(), 0
    for line in _lines(archive, name):
        digest.update(line)
        count += 1
    if (count, digest.hexdigest()) != (entry["rows"], entry["sha256"]):
        raise Invalid(
            f"The backup is damaged: table {name} is not what its manifest says. Nothing was restored."
        )


def _lines(archive: tarfile.TarFile, name: str) -> Iterator[bytes]:
    with _open(archive, f"{name}.jsonl") as file:
        yield from file


def _refuse_unless_empty() -> None:
    for table in db.metadata.sorted_tables:
        if db.session.scalar(select(func.count()).select_from(table)):
            raise Conflict(
                "The database is not empty, and restoring would mix two sites. Name another one, by"
                " READER_INSTANCE or READER_DATABASE_URL, and run reader db upgrade there."
            )


def _batches(lines: Iterator[bytes], table: Table) -> Iterator[list[dict[str, Any]]]:
    reads = {column.name: _reading(column.type) for column in table.columns}
    batch: list[dict[str, Any]] = []
    for line in lines:
        row = json.loads(line)
        batch.append({name: None if row[name] is None else read(row[name]) for name, read in reads.items()})
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _reading(kind: object) -> Callable[[Any], Any]:
    if isinstance(kind, Instant):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    return lambda value: value


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows from where the restored ones end; SQLite does so by itself."""
    number = table.autoincrement_column
    if connection.dialect.name != "postgresql" or number is None:
        return
    sequence = func.pg_get_serial_sequence(table.name, number.name)
    connection.execute(select(func.setval(sequence, func.coalesce(func.max(number), 0) + 1, False)))
