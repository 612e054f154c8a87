"""The claims of an article file, with all that is said of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute

from reader.factchecks.appearances import Appearance
from reader.factchecks.kinds import About
from reader.factchecks.models import Claim, Source
from reader.factchecks.verdicts import Verdict
from reader.publishing.document import (
    Change,
    Checked,
    Claimant,
    ClaimEntry,
    FromTo,
    HistoryEntry,
    UseEntry,
)
from reader.publishing.entries import Entry
from reader.publishing.ids import Ids


def keys(kind: type) -> list[str]:
    """The keys that a part of a document has in a file."""
    return [field.name.rstrip("_") for field in fields(kind)]


CLAIM_KEYS = [*keys(ClaimEntry), "appearance"]
USE_KEYS = keys(UseEntry)
CLAIMANT_KEYS = keys(Claimant)
CHECKED_KEYS = keys(Checked)
CHANGE_KEYS = keys(Change)
HISTORY_KEYS = keys(HistoryEntry)
FROM_TO_KEYS = keys(FromTo)
SAID_KEYS = keys(Appearance)
MAX_WHERE = 500
MAX_URL = 2000


def most(column: InstrumentedAttribute[Any]) -> int:
    """Return the maximum length of a column in characters."""
    kind = column.type
    assert isinstance(kind, String)
    assert kind.length is not None
    return kind.length


def claims_of(article: Entry, ids: Ids) -> tuple[ClaimEntry | UseEntry, ...]:
    """The claims that an article lists, in its order."""
    entries = article.entries("claims", [*CLAIM_KEYS, "use"])
    own = [(claim, claim.text("text") or "") for claim in entries if not claim.has("use")]
    made = iter(ids.of(own, most(Claim.slug)))
    return tuple(_use(claim) if claim.has("use") else _claim(claim, next(made)) for claim in entries)


def _use(entry: Entry) -> UseEntry:
    for key in CLAIM_KEYS:
        if key not in USE_KEYS and entry.has(key):
            entry.fault(key, "stands in the article that owns the claim, not beside “use”; remove it here")
    return UseEntry(use=entry.slug("use", limit=most(Claim.slug)) or "", at=entry.text("at", lines=True))


def _claim(entry: Entry, id_: str) -> ClaimEntry:
    claimant, checked = entry.entry("claimant", CLAIMANT_KEYS), entry.entry("checked", CHECKED_KEYS)
    change = entry.entry("change", CHANGE_KEYS)
    return ClaimEntry(
        id=id_,
        text=entry.text("text", required=True) or "",
        short=entry.text("short", limit=most(Claim.short)),
        verdict=entry.choice("verdict", Verdict, required=True) or "",
        about=entry.choice("about", About),
        why=entry.text("why", lines=True),
        sources=entry.slugs("sources", limit=most(Source.key)),
        checked=_checked(checked) if checked else None,
        said=_all_said(entry),
        history=tuple(_step(step) for step in entry.entries("history", HISTORY_KEYS)),
        change=_change(change) if change else None,
        unsourced=bool(entry.flag("unsourced")),
        claimant=_claimant(claimant) if claimant else None,
        at=entry.text("at", lines=True),
    )


def _claimant(entry: Entry) -> Claimant:
    return Claimant(
        name=entry.text("name", limit=most(Claim.claimant_name), required=True) or "",
        url=entry.address("url", limit=most(Claim.claimant_url)),
    )


def _checked(entry: Entry) -> Checked | None:
    at, by = entry.day_or_moment("at"), entry.text("by", limit=most(Claim.checked_by_name))
    return Checked(at=at, by=by) if at or by else None


def _change(entry: Entry) -> Change | None:
    why, typo = entry.text("why", lines=True), bool(entry.flag("typo"))
    if not why and not typo and not entry.is_faulty():
        entry.fault(
            "why", "is missing; say why the words changed, or “typo: true” where only a typo was mended"
        )
    return Change(why=why, typo=typo) if why or typo else None


def _all_said(entry: Entry) -> tuple[Appearance, ...]:
    """The appearances; the key ``appearance`` has the address of a single one."""
    if not entry.has("appearance"):
        return _appearances(entry, "said")
    if entry.has("said"):
        entry.fault("appearance", "can’t stand beside “said”; make it the first entry there")
    url = entry.address("appearance", limit=MAX_URL)
    return (Appearance(url=url),) if url else ()


def _appearances(entry: Entry, key: str) -> tuple[Appearance, ...]:
    return tuple(_appearance(said) for said in entry.entries(key, SAID_KEYS))


def _appearance(entry: Entry) -> Appearance:
    at = entry.past_day("at")
    where, url = entry.text("where", limit=MAX_WHERE), entry.address("url", limit=MAX_URL)
    if not where and not url and not entry.is_faulty():
        entry.fault("where", "is missing; say where it was made: “where”, a title, or “url”, an address")
    return Appearance(at=at, where=where, url=url)


def _step(entry: Entry) -> HistoryEntry:
    def part(key: str, read: Callable[[Entry, str], Any]) -> FromTo | None:
        inner = entry.entry(key, FROM_TO_KEYS)
        return FromTo(from_=read(inner, "from") or None, to=read(inner, "to") or None) if inner else None

    def claimant(inner: Entry, key: str) -> Claimant | None:
        found = inner.entry(key, CLAIMANT_KEYS)
        return _claimant(found) if found else None

    return HistoryEntry(
        at=entry.day_or_moment("at"),
        from_=entry.choice("from", Verdict),
        to=entry.choice("to", Verdict),
        by=entry.text("by", limit=most(Claim.checked_by_name)),
        why=entry.text("why", lines=True),
        typo=bool(entry.flag("typo")),
        text=part("text", lambda inner, key: inner.text(key)),
        short=part("short", lambda inner, key: inner.text(key, limit=most(Claim.short))),
        about=part("about", lambda inner, key: inner.choice(key, About)),
        claimant=part("claimant", claimant),
        said=part("said", _appearances),
    )
