"""Identification of the article, claims and sources that a file is about, where the file gives no ids.

An id that is stored depends neither on words nor on order: an entry without one is known again by what it says, and
where that leaves a doubt the editor is asked to write the id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from reader.publishing import queries
from reader.publishing.document import ClaimEntry, SourceEntry, UseEntry
from reader.publishing.ids import Unnamed
from reader.publishing.loading import Stored, stored_by_key
from reader.publishing.queries import Addresses
from reader.publishing.reading import STDIN, ArticleFile
from reader.text.slugs import unused

Listed = TypeVar("Listed", bound=SourceEntry | ClaimEntry | UseEntry)


def identify(files: Sequence[ArticleFile]) -> tuple[list[ArticleFile], dict[str, Stored]]:
    """Return the files with the site's ids filled in, and their articles that the site has, by id.

    Doubts are noted in the files' reports.
    """
    paths = [path for file in files if (path := published_as(file.path))]
    addresses = queries.addresses([file.document.slug for file in files], paths)
    claimed = {key for file in files if (key := _by_words(file, addresses))}
    keys = {id(file): _key(file, addresses, claimed) for file in files}
    stored = stored_by_key(keys.values())
    return [_identified(file, keys[id(file)], stored.get(keys[id(file)])) for file in files], stored


def published_as(path: Path) -> str | None:
    """The path that a file is known by; None for standard input and the like."""
    return str(path.resolve()) if path != STDIN and path.is_file() else None


def _by_words(file: ArticleFile, addresses: Addresses) -> str | None:
    """The id that the file gives, or that of the article at its address."""
    if file.document.id and not _is_unnamed(file):
        return file.document.id
    return addresses.present.get(file.document.slug)


def _key(file: ArticleFile, addresses: Addresses, claimed: Collection[str]) -> str:
    """The article's id: given, or by its address, or by the path it was published from; else a new one."""
    known = _by_words(file, addresses)
    if known:
        return known
    path = published_as(file.path)
    published = addresses.files.get(path) if path else None
    if published and published not in claimed:
        return published
    slug = file.document.slug
    return unused(slug, queries.taken_keys(slug)) if slug else ""


def _is_unnamed(file: ArticleFile) -> bool:
    return any(entry.place == "" for entry in file.unnamed)


def _identified(file: ArticleFile, key: str, before: Stored | None) -> ArticleFile:
    document = replace(file.document, id=key)
    unnamed = {entry.place: entry for entry in file.unnamed}
    if "" in unnamed:
        unnamed[""] = replace(unnamed[""], id=key, is_stored=before is not None)
    if before is not None:
        if not file.has_slug:
            document = replace(document, slug=before.document.slug)
        unnamed |= _sources(file, before, unnamed)
        unnamed |= _claims(file, before, unnamed)
        document = replace(
            document,
            sources=tuple(
                replace(source, id=unnamed[place].id) if place in unnamed else source
                for place, source in _places("sources", document.sources)
            ),
            claims=tuple(
                replace(claim, id=unnamed[place].id)
                if place in unnamed and isinstance(claim, ClaimEntry)
                else claim
                for place, claim in _places("claims", document.claims)
            ),
        )
    return replace(file, document=document, unnamed=tuple(unnamed.values()))


def _places(kind: str, entries: Sequence[Listed]) -> list[tuple[str, Listed]]:
    return [(f"{kind}[{number}]", entry) for number, entry in enumerate(entries, start=1)]


def _sources(file: ArticleFile, before: Stored, unnamed: Mapping[str, Unnamed]) -> dict[str, Unnamed]:
    """The sources without an id, each with that of the stored source that it is; new ones with a new id."""
    entries = _places("sources", file.document.sources)
    given = {source.id for place, source in entries if place not in unnamed}
    left = {source.id: source for source in before.document.sources if source.id not in given}
    waiting = {place: source for place, source in entries if place in unnamed}
    found: dict[str, str] = {}
    for is_it in (_is_equal, _is_same):
        for place, source in list(waiting.items()):
            fitting = [id_ for id_, old in left.items() if is_it(source, old)]
            if fitting and (is_it is _is_equal or len(fitting) == 1):
                found[place] = fitting[0]
                del left[fitting[0]], waiting[place]
    for place, source in list(waiting.items()):
        rivals = [id_ for id_, old in left.items() if old.publisher == source.publisher]
        if rivals:
            rival = source.id if source.id in rivals else rivals[0]
            file.report.fault(
                f"{place}.id",
                f"is missing, and the site has “{rival}” by the same publisher. If it is that source, write"
                f" “id: {rival}”; if it is another one, give it an id of its own",
            )
            del waiting[place]
    return _named(unnamed, waiting, found, given | {source.id for source in before.document.sources})


def _is_equal(source: SourceEntry, old: SourceEntry) -> bool:
    return replace(source, id=old.id) == old


def _is_same(source: SourceEntry, old: SourceEntry) -> bool:
    """Return True if it is the same source, though something about it was corrected."""
    return (source.publisher, source.title) == (old.publisher, old.title) or (
        source.url is not None and source.url == old.url
    )


def _claims(file: ArticleFile, before: Stored, unnamed: Mapping[str, Unnamed]) -> dict[str, Unnamed]:
    """The claims without an id, each with that of the stored claim that it is; new ones with a new id."""
    entries = [(place, claim) for place, claim in _places("claims", file.document.claims)]
    given = {claim.id for place, claim in entries if place not in unnamed}
    listed = {claim.id: claim for claim in before.document.own_claims() if claim.id not in given}
    left = listed | {id_: claim for id_, claim in before.gone.items() if id_ not in given}
    waiting = {place: claim for place, claim in entries if place in unnamed and isinstance(claim, ClaimEntry)}
    found: dict[str, str] = {}
    for place, claim in list(waiting.items()):
        same = next((id_ for id_, old in left.items() if old.text == claim.text), None)
        if same:
            found[place] = same
            del left[same], waiting[place]
    for place, claim in list(waiting.items()):
        if claim.id in left:
            found[place] = claim.id
            del left[claim.id], waiting[place]
    missing = [id_ for id_ in listed if id_ in left]
    if missing:
        old = listed[missing[0]]
        for place, claim in waiting.items():
            file.report.fault(
                f"{place}.id",
                f"is missing, and so is the claim “{old.id}” (“{old.text}”). If this is that claim, write"
                f" “id: {old.id}”; if it is another one, give it an id of its own, such as “id: {claim.id}”",
            )
        waiting.clear()
    return _named(unnamed, waiting, found, given | before.owned().keys())


def _named(
    unnamed: Mapping[str, Unnamed], new: Mapping[str, object], found: Mapping[str, str], taken: set[str]
) -> dict[str, Unnamed]:
    named = {place: replace(unnamed[place], id=id_, is_stored=True) for place, id_ in found.items()}
    for place in new:
        id_ = unused(unnamed[place].stem, taken)
        taken.add(id_)
        named[place] = replace(unnamed[place], id=id_)
    return named
