"""Completion of files that lack ids: ids are written into the file, or shown if that is not possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reader.errors import Conflict, Refused
from reader.publishing import inserting
from reader.publishing.faults import FileReport
from reader.publishing.reading import ArticleFile, parse


@dataclass(frozen=True)
class Completed:
    """A file with its ids in place, and its ``original`` bytes; ``fault`` says why ids can't be put in."""

    file: ArticleFile
    original: bytes
    is_new: bool = False
    fault: str | None = None

    @property
    def notes(self) -> list[str]:
        """Notes on what was written into the file."""
        if not self.is_new:
            return []
        return [f"ids written into the file: {', '.join(entry.id for entry in self.file.unnamed)}"]


def complete(file: ArticleFile) -> Completed:
    """The file as it will be, with all its ids. Nothing is written."""
    if not file.unnamed:
        return Completed(file, file.content)
    if not inserting.is_writable(file.path):
        return Completed(file, file.content, fault="can’t be written to")
    gaps = {entry.gap: entry.id for entry in file.unnamed if entry.gap}
    content = inserting.with_ids(file.content, gaps)
    again = parse(content, FileReport(file.report.file), file.path)
    # A file without a slug keeps the one that its article has.
    document = again.document if again.has_slug else replace(again.document, slug=file.document.slug)
    if again.unnamed or document != file.document:
        return Completed(file, file.content, fault="is written in a way in which ids can’t be put in")
    return Completed(replace(file, content=content, text=again.text), file.content, is_new=True)


def write_ids(completed: Sequence[Completed]) -> None:
    """Write the files that have new ids. :class:`Refused` before anything is written, where one can't be."""
    if faults := [line for each in completed if each.fault for line in _by_hand(each)]:
        raise Refused("\n".join([*faults, "Nothing was stored."]))
    for each in completed:
        if each.is_new:
            _write(each)


def _write(completed: Completed) -> None:
    file = completed.file
    try:
        if file.path.read_bytes() != completed.original:
            raise Conflict(f"{file.report.file}: somebody changed it meanwhile; publish it again.")
        inserting.replace(file.path, file.content)
    except OSError as error:
        lines = _by_hand(replace(completed, fault=f"can’t be written to ({error.strerror})"))
        raise Refused("\n".join([*lines, "Nothing was stored."])) from error


def _by_hand(completed: Completed) -> Iterator[str]:
    """Yield the ids that an editor has to write into a file by hand."""
    report = completed.file.report
    yield f"{report.file}: {completed.fault}; write these ids into it, and publish it again:"
    for entry in sorted(completed.file.unnamed, key=lambda entry: report.line(entry.place)):
        yield f"{report.file}:{report.line(entry.place)}: {entry.place or 'the article'}: id: {entry.id}"
