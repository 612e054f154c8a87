"""From events to what pages are told: what changed, once each, as it is now.

The events say which elements changed; what those show is read now and rendered by the macros of the pages. So
a text that was removed since can't come back, and a push, a catch-up and a page can't differ. A run of events
takes a constant number of queries, however long it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypedDict

from reader.articles import queries as articles
from reader.comments import lists
from reader.comments import queries as comments
from reader.comments.comment_view import CommentView
from reader.eventlog import Event, Kind, streams
from reader.factchecks import marks
from reader.factchecks import queries as factchecks
from reader.live import listing
from reader.live.changes import (
    BELL_KINDS,
    CLAIM_KINDS,
    COMMENT_KINDS,
    CORRECTION_KINDS,
    MEASURE_KINDS,
    PAGE_KINDS,
    PIN_KINDS,
    RECOMMEND_KINDS,
    THREAD_KINDS,
    Changes,
    TargetChange,
    gathered,
    last,
    only,
)
from reader.live.following import Name
from reader.live.listing import PAGE
from reader.moderation.queues.cases import rendered, shown
from reader.moderation.queues.lists import QueueItem, counts
from reader.notifications import queries as notifications
from reader.web.fragments import kept, render

COMMENTS = "comments/_macros.html"
FACTCHECKS = "factchecks/_macros.html"
CASES = "moderation/_macros.html"
NOTIFICATIONS = "notifications/_macros.html"

THREAD = "thread"
# What only a page made for this person shows: what they may do, and what they wrote that others don't see.
OWN = "own"

# A claim that more comments show than this is cheaper to show anew with its page.
MAX_MENTIONS = 50
# What one push may weigh, and what of that is kept for its envelope.
PUSH_BYTES = 16 * 1024
ENVELOPE_BYTES = 256


class ChangedElement(TypedDict):
    """One changed element. ``html`` is None where it is to be fetched when wanted."""

    seq: int
    kind: str
    target: str
    parent: str | None
    order: int | None
    html: str | None


# What ``live:event`` carries: what happened after number ``from``, up to ``to``.
Push = TypedDict("Push", {"stream": str, "from": int, "to": int, "events": list[ChangedElement]})


def entries(name: Name, events: Sequence[Event]) -> list[ChangedElement]:
    """Return the changes that ``events`` make to pages showing the stream: parents before their replies."""
    changes = gathered(events)
    return list(_OF[name.feature](name.id, changes)) if changes else []


def _of_article(article_id: int, changes: Changes) -> Iterator[ChangedElement]:
    whole = last(changes, PAGE_KINDS)
    if whole:
        yield _whole_page(whole)
    posts, rulings = only(changes, COMMENT_KINDS), only(changes, CLAIM_KINDS)
    mentions = _mentions(article_id, rulings)
    if len(mentions) > MAX_MENTIONS:
        yield _whole_page(max(rulings.values()))
    shown = comments.by_ids([*map(_id, posts), *mentions])
    # By their ids, so that a comment stands before its replies.
    for comment in shown.values():
        yield _comment(posts.get(comment.element) or mentions[comment.id], comment)
    posted = [(posts[comment.element], comment) for comment in shown.values() if comment.element in posts]
    yield from _folds(posted)
    yield from _recommended(changes)
    yield from _pinned(article_id, changes, shown)
    yield from _claims(article_id, rulings, posted)
    yield from _corrections(article_id, changes)
    ruled = last(changes, THREAD_KINDS)
    if ruled:
        yield _entry(ruled, "thread-state", render(COMMENTS, "thread_state", comments.thread_of(article_id)))
    if posts:
        head = render(COMMENTS, "thread_head", comments.thread_of(article_id))
        yield _entry(max(posts.values()), "thread-head", head)


def _pinned(article_id: int, changes: Changes, shown: Mapping[int, CommentView]) -> Iterator[ChangedElement]:
    """The comment above all others, where it is another one now, or shows something else."""
    pinned_id = comments.thread_of(article_id).pinned_id
    pins = [change for change in changes.values() if change.kind in PIN_KINDS]
    if pinned_id in shown:
        pins += [change for change in changes.values() if change.kind in COMMENT_KINDS | CLAIM_KINDS]
    if not pins:
        return
    pinned = shown.get(pinned_id) or comments.by_ids([pinned_id]).get(pinned_id) if pinned_id else None
    yield _entry(max(pins), "pinned", render(COMMENTS, "pinned", pinned))


def _of_claim(claim_id: int, changes: Changes) -> Iterator[ChangedElement]:
    """The claim's own page: its words, its panel, which also counts the comments, those comments, its history."""
    whole = last(changes, PAGE_KINDS)
    if whole:
        yield _whole_page(whole)
    yield from _recommended(changes)
    others = {target: change for target, change in changes.items() if change.kind not in RECOMMEND_KINDS}
    claim = factchecks.claim_by_id(claim_id) if others else None
    if claim is None:
        return
    yield _entry(max(others.values()), claim.element, render(FACTCHECKS, "claim_panel", claim))
    ruling = last(changes, CLAIM_KINDS)
    yield from _said(claim_id, only(changes, COMMENT_KINDS), ruling)
    if ruling:
        history = render(FACTCHECKS, "history", factchecks.history_of(claim_id, limit=factchecks.STEPS))
        yield _entry(ruling, "history", history)
        yield _entry(ruling, "headline", render(FACTCHECKS, "claim_title", claim))


def _said(claim_id: int, posts: Changes, ruling: TargetChange | None) -> Iterator[ChangedElement]:
    """The comments about a claim that changed; with its verdict all do: each names the one that its author saw."""
    marked = lists.ids_about(claim_id, limit=MAX_MENTIONS + 1) if ruling else []
    if ruling and len(marked) > MAX_MENTIONS:
        yield _whole_page(ruling)
        marked = []
    shown = comments.by_ids([*map(_id, posts), *marked])
    for each in lists.standing([*shown.values()]):
        change = posts.get(each.comment.element) or ruling
        if change:
            yield {
                **_comment(change, each.comment),
                "parent": THREAD,
                "order": each.comment.id,
                "html": each.html,
            }


def _mentions(article_id: int, rulings: Changes) -> dict[int, TargetChange]:
    """The comments that show a claim whose verdict changed, each with that change."""
    if not rulings:
        return {}
    slugs = [target.removeprefix("claim-") for target in rulings]
    found = comments.mentions(slugs, article_id=article_id, limit=MAX_MENTIONS + 1)
    return {comment_id: rulings[f"claim-{slug}"] for comment_id, slug in found}


def _recommended(changes: Changes) -> Iterator[ChangedElement]:
    """The buttons of comments that more or fewer recommend now. A tombstone has none."""
    counted = {
        int(target.removeprefix("recommend-")): change
        for target, change in only(changes, RECOMMEND_KINDS).items()
    }
    for comment in comments.by_ids(counted).values():
        if not comment.is_tombstone:
            button = kept(COMMENTS, "recommend", comment)
            yield _entry(counted[comment.id], f"recommend-{comment.id}", button)


def _folds(posted: Sequence[tuple[TargetChange, CommentView]]) -> Iterator[ChangedElement]:
    """The links to folded replies, of the comments that were answered."""
    answered: dict[int, TargetChange] = {}
    for change, comment in posted:
        if comment.under_id is not None:
            answered[comment.under_id] = max(change, answered.get(comment.under_id, change))
    for under in comments.by_ids(answered).values():
        yield _entry(answered[under.id], f"more-{under.id}", kept(COMMENTS, "more", under))


def _claims(
    article_id: int, rulings: Changes, posted: Sequence[tuple[TargetChange, CommentView]]
) -> Iterator[ChangedElement]:
    """Claims with another verdict or number of comments: in the fact check and at the marked words.

    A verdict also counts in the article's strength, and stands beside its sources.
    """
    touched = dict(rulings)
    for change, comment in posted:
        if comment.about is not None:
            element = f"claim-{comment.about.slug}"
            touched[element] = max(change, touched.get(element, change))
    if not touched:
        return
    cited = factchecks.claims_of(article_id)
    article = articles.by_id(article_id)
    words = marks.words_of(article.html) if article else {}
    for claim in cited:
        if claim.element in touched:
            change = touched[claim.element]
            yield _entry(change, claim.element, render(FACTCHECKS, "fact_check_item", claim))
            if claim.slug in words:
                yield _entry(change, claim.mark, render(FACTCHECKS, "marked", claim, words[claim.slug]))
    if rulings:
        latest = max(rulings.values())
        yield _entry(latest, "strength", render(FACTCHECKS, "strength", cited))
        yield _entry(latest, "sources", render(FACTCHECKS, "sources", factchecks.sources_of(article_id)))


def _corrections(article_id: int, changes: Changes) -> Iterator[ChangedElement]:
    """The corrections of the article; each names its claim's page, not what the claim says."""
    written = last(changes, CORRECTION_KINDS)
    if written:
        corrections = factchecks.corrections_of(article_id)
        yield _entry(written, "corrections", render(FACTCHECKS, "corrections", corrections))


def _comment(change: TargetChange, comment: CommentView) -> ChangedElement:
    return ChangedElement(
        seq=change.seq,
        kind=change.kind.value,
        target=comment.element,
        parent=THREAD if comment.under_id is None else f"comment-{comment.under_id}",
        order=comment.order,
        html=kept(COMMENTS, "comment", comment),
    )


def _whole_page(change: TargetChange) -> ChangedElement:
    return _entry(change, PAGE, None)


def _entry(change: TargetChange, target: str, html: str | None) -> ChangedElement:
    return ChangedElement(
        seq=change.seq, kind=change.kind.value, target=target, parent=None, order=None, html=html
    )


def _id(target: str) -> int:
    return int(target.removeprefix("comment-"))


def _of_person(person_id: int, changes: Changes) -> Iterator[ChangedElement]:
    """Yield changes for one person alone: parts of pages that only they see, and the bell in their page header."""
    own = last(changes, MEASURE_KINDS | COMMENT_KINDS)
    if own:
        yield _entry(own, OWN, None)
    bell = last(changes, BELL_KINDS)
    if bell:
        yield _entry(bell, "bell", render(NOTIFICATIONS, "bell", notifications.unread(person_id)))


def _of_verdicts(_all: int, changes: Changes) -> Iterator[ChangedElement]:
    """Yield the entries for lists of claims, articles and corrections."""
    for change, target, html in listing.listed(changes):
        yield _entry(change, target, html)


def _of_moderation(_all: int, changes: Changes) -> Iterator[ChangedElement]:
    """The cards of the cases that something happened to, and how many wait in each queue."""
    for card in shown([case for case in map(QueueItem.named, changes) if case is not None]):
        yield _entry(changes[card.target], card.element, rendered(card))
    yield _entry(max(changes.values()), "queue-counts", render(CASES, "counts", counts()))


_OF: dict[str, Callable[[int, Changes], Iterator[ChangedElement]]] = {
    "article": _of_article,
    "claim": _of_claim,
    "person": _of_person,
    streams.MODERATION: _of_moderation,
    streams.VERDICTS: _of_verdicts,
}


def push(name: Name, after: int, events: Sequence[Event]) -> Push:
    """The message for all who follow the stream and know it up to ``after``; ``events`` come next."""
    told = fitted(entries(name, events))
    return {"stream": str(name), "from": after, "to": events[-1].seq, "events": told}


def fitted(told: Sequence[ChangedElement]) -> list[ChangedElement]:
    """``told`` within the weight of one push.

    Where it is too heavy, new top-level comments go without their html first: nobody sees them before they
    are wanted. Then others do, and their pages fetch. What is too long even so becomes: fetch the page.
    """
    room = PUSH_BYTES - ENVELOPE_BYTES - sum(_weight({**entry, "html": None}) for entry in told)
    if room < 0:
        latest = max(told, key=lambda entry: entry["seq"])
        return [
            ChangedElement(
                seq=latest["seq"], kind=latest["kind"], target=PAGE, parent=None, order=None, html=None
            )
        ]
    kept: set[str] = set()
    for entry in sorted(told, key=_is_arrival):
        cost = _weight(entry["html"])
        if cost <= room:
            room -= cost
            kept.add(entry["target"])
    return [entry if entry["target"] in kept else {**entry, "html": None} for entry in told]


def _is_arrival(entry: ChangedElement) -> bool:
    return entry["kind"] == Kind.COMMENT_POSTED and entry["parent"] == THREAD


def _weight(part: ChangedElement | str | None) -> int:
    """Bytes on the wire."""
    return len(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()) + 1
