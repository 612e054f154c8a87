"""A site full of text that is hard to lay out, and every page of it: long words, deep replies, wide code, RTL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from reader.accounts import actions as accounts
from reader.accounts import decision_links
from reader.accounts.models import User
from reader.articles.models import Article
from reader.articles.queries import published_by_slug
from reader.clock import now
from reader.comments.actions import delete_comment
from reader.comments.editing.actions import edit_comment
from reader.comments.recommending.actions import recommend
from reader.db.base import db
from reader.factchecks import actions as factchecks
from reader.factchecks.models import Claim, Publisher
from reader.factchecks.verdicts import Verdict
from reader.moderation import actions as moderation
from reader.moderation.appeals.actions import appeal
from reader.moderation.models import Reason
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.moderation.reports.actions import Complaint, report_comment, report_facts
from reader.moderation.threads.actions import ThreadSettings, set_thread
from reader.moderation.words.actions import save_words, stored_words
from reader.notifications import actions as notifications
from reader.notifications import unsubscribing
from reader.policy import MeasureKind, Role
from reader.publishing.actions import examine, publish
from tests.support.factories import a_person
from tests.support.threads import a_comment, a_held_comment

# Usernames have 40 characters at most; "W" is the widest letter.
LONG_NAME = "W" * 39
LONG_WORD = "Donaudampfschifffahrtselektrizitäten" * 14  # 504 letters
LONG_TITLE_WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
CODE = "    " + "x = y + z; " * 60
ARABIC = "صوّت المجلس على إبقاء المنارتين، بأغلبية تسعة أصوات مقابل أربعة."
HEBREW = "המועצה הצביעה להשאיר את שני המגדלורים."
LONG_URL = "https://example.org/" + "a-very-long-path/" * 20
VERDICTS = [verdict.value for verdict in Verdict]
DEPTH = 8

# What answers with something else than a page.
NOT_PAGES = frozenset(
    {
        "pages.feeds.articles_atom",
        "pages.feeds.articles_json",
        "pages.feeds.comments_atom",
        "pages.feeds.corrections_atom",
        "pages.feeds.verdicts_atom",
        "pages.moderation_report",
        "pages.crawling.news_sitemap",
        "pages.crawling.robots",
        "pages.crawling.security_txt",
        "pages.crawling.sitemap",
        "pages.crawling.sitemap_part",
        "live.events",
        "assets.serve",
        "health.livez",
        "health.readyz",
        "health.show_metrics",
        "accounts.muted_sheet",
        "visiting.seen",
        "editing.names",
        "queues.some",
    }
)


def hostile_article() -> str:
    """The article file: every verdict, publishers and titles without end, wide code, deep lists."""
    sources = [
        f"  - {{id: s{number}, publisher: {LONG_WORD[:180]}{number}, title: {LONG_WORD[:280]}, "
        f"url: '{LONG_URL}{number}', kind: {kind}, date: 2026-01-02, quote: {LONG_WORD}}}"
        for number, kind in enumerate(("primary", "secondary", "primary"))
    ]
    claims = [
        f"  - {{id: {verdict}-{LONG_TITLE_WORD.lower().replace('ü', 'u')[:40]}, text: 'Claim {number} {LONG_WORD}', "
        f"verdict: {verdict!r}, about: {'fact' if number % 2 else 'statement'}, why: 'So says {LONG_WORD}', "
        f"sources: [s0, s1], checked: {{at: 2026-03-01T08:00:00Z}}, "
        f"claimant: {{name: '{LONG_WORD[:150]}', url: '{LONG_URL}'}}, "
        f"appearance: '{LONG_URL}'}}"
        for number, verdict in enumerate(VERDICTS)
    ]
    marked = [
        f"[The words of claim {number} {LONG_WORD[:60]}](claim:{verdict}-"
        f"{LONG_TITLE_WORD.lower().replace('ü', 'u')[:40]}) go on here."
        for number, verdict in enumerate(VERDICTS)
    ]
    front = [
        "---",
        "format: 1",
        f"title: '{LONG_TITLE_WORD} and {LONG_WORD[:150]} in a title of many words'",
        "slug: hostile",
        f"standfirst: 'Short, then {LONG_WORD}'",
        "published: 2026-03-02T08:30:00+00:00",
        "updated: 2026-03-03T08:30:00+00:00",
        f"authors: ['Ida {LONG_WORD[:80]}', 'Bo {LONG_NAME} {LONG_NAME}', 'Cy']",
        f"topics: [{LONG_TITLE_WORD.lower().replace('ü', 'u')}, b, c]",
        "sources:",
        *sources,
        "claims:",
        *claims,
        "corrections:",
        f"  - {{at: 2026-03-04T08:00:00Z, kind: correction, text: 'It was {LONG_WORD}'}}",
        "---",
    ]
    body = [
        *marked,
        f"## {LONG_WORD[:120]}",
        CODE,
        f"Inline `{'code' * 80}` and a [link]({LONG_URL}) and {LONG_URL} and {LONG_WORD}.",
        f"> > > > {LONG_WORD}",
        f"- one\n  - two\n    - three\n      - four {LONG_WORD}",
        f"1. {LONG_WORD}",
    ]
    return "\n".join(front) + "\n\n" + "\n\n".join(body) + "\n"


ARABIC_ARTICLE = f"""---
format: 1
title: {ARABIC}
slug: arabic
lang: ar
standfirst: {ARABIC}
published: 2026-03-05T08:30:00+00:00
authors: [ليلى]
topics: [harbours]
sources:
  - {{id: minutes, publisher: Town of Sandvik (1904), title: Minutes!, kind: primary}}
claims:
  - {{id: arabic-lights, text: '{ARABIC}', verdict: verified, about: fact, why: '{ARABIC}', sources: [minutes]}}
---

[{ARABIC}](claim:arabic-lights) {ARABIC}

> {ARABIC}

- {ARABIC}
- The harbour, in English.
"""


@dataclass
class Hostile:
    """People that were created, and the values for the arguments of addresses."""

    people: dict[str, User]
    values: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)

    def addresses(self, app: Flask) -> list[str]:
        """Return an address or more of each page; AssertionError if no values are given for a page's arguments."""
        return [
            path
            for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
            if "GET" in (rule.methods or ()) and rule.endpoint not in NOT_PAGES
            for path in self._of(rule)
        ]

    def _of(self, rule: Rule) -> Iterator[str]:
        known = self.values.get(rule.endpoint, [] if rule.arguments else [{}])
        assert known, f"say in {__name__} which pages there are of {rule.endpoint} ({rule.rule})"
        for values in known:
            extra = values.get("?", "")
            built = rule.build({name: value for name, value in values.items() if name != "?"})
            assert built is not None, (rule.rule, values)
            yield f"{built[1]}{extra}"


def furnish(folder: Path) -> Hostile:
    """Fill the site with it."""
    people = {
        "reader": a_person(LONG_NAME),
        "moderator": a_person("M" * 39, role=Role.MODERATOR),
        "editor": a_person("E" * 39, role=Role.EDITOR),
        "other": a_person("Q" * 39),
    }
    for name, text in (("hostile.md", hostile_article()), ("arabic.md", ARABIC_ARTICLE)):
        (folder / name).write_text(text)
    report = examine([folder])
    for _ in publish(report, by=people["editor"]):
        pass
    hostile, arabic = published_by_slug("hostile"), published_by_slug("arabic")
    assert hostile is not None
    assert arabic is not None
    made = Hostile(people)
    _discuss(made, hostile, arabic)
    return made


def _discuss(made: Hostile, article: Article, arabic: Article) -> None:
    reader, moderator, editor, other = (
        made.people[name] for name in ("reader", "moderator", "editor", "other")
    )
    claims = db.session.scalars(select(Claim).where(Claim.article_id == article.id).order_by(Claim.id)).all()
    first = a_comment(article, by=reader, body=f"{LONG_WORD}\n\n{CODE}\n\n> {LONG_WORD}\n\n- {LONG_URL}")
    edit_comment(first.id, by=reader, body=f"{first.body}\n\n`{'w' * 300}` @{other.username}", revision=1)
    deepest = first
    for number in range(DEPTH):
        deepest = a_comment(
            article, by=(other, reader)[number % 2], body=f"Reply {number} {LONG_WORD}", under=deepest
        )
        recommend(deepest.id, by=moderator)
    about = a_comment(article, by=other, body=ARABIC, claim_id=claims[0].id)
    a_comment(arabic, by=other, body=f"{ARABIC}\n\n> {HEBREW}\n\n- {ARABIC}")
    a_comment(article, by=reader, body=f"{LONG_WORD} again", under=about)
    pinned = a_comment(article, by=other, body=f"Pinned. {LONG_WORD}")
    moderation.pin_comment(pinned.id, by=moderator, revision=1)
    held = a_held_comment(article, by=reader, body=f"Held. {LONG_WORD}")
    removed = a_comment(article, by=reader, body=f"Removed. {LONG_WORD}")
    removal = moderation.remove_comment(
        removed.id, by=moderator, reason=Reason.OTHER, note=LONG_WORD, revision=1
    )
    appealed = appeal(removal.id, by=reader, text=f"{LONG_WORD} and {ARABIC}")
    deleted = a_comment(article, by=reader, body="Deleted.")
    delete_comment(deleted.id, by=reader)
    report_comment(pinned.id, Complaint(Reason.OTHER, note=LONG_WORD), by=reader)
    reported = a_comment(article, by=other, body=f"Reported. {LONG_WORD}")
    report_comment(reported.id, Complaint(Reason.SPAM, note=LONG_WORD), by=reader)
    answered = report_facts(reported.id, by=reader, note=LONG_WORD)
    factchecks.answer_fact_report(answered.id, by=editor, answer=LONG_WORD)
    report_facts(pinned.id, by=reader, note=LONG_WORD)
    premoderation = NewMeasure(
        MeasureKind.PREMODERATION, words=LONG_WORD, reason=Reason.SPAM, until=now() + timedelta(days=2)
    )
    warning = take_measure(other.id, premoderation, by=moderator)
    for number in range(30):
        a_comment(article, by=editor, body=f"Comment {number}.")
    set_thread(article, ThreadSettings(slow_seconds=60, why=LONG_WORD[:300]), by=moderator)
    accounts.mute(other, by=reader)
    save_words("banned", f"{LONG_WORD[:90]}\n", by=moderator, version=stored_words("banned").version)
    notifications.notice_all()
    comment = [{"comment_id": each.id} for each in (first, deepest)]
    slugs = [{"slug": article.slug}, {"slug": arabic.slug}]
    claim = [{"slug": slug} for slug in (claims[0].slug, claims[-1].slug, "arabic-lights")]
    key = decision_links.decisions_of(reader.id).rpartition("/")[2]
    made.values = {
        "pages.article": [*slugs, {"slug": article.slug, "?": "?sort=oldest"}],
        "pages.author": [{"slug": article.authors[0].slug}],
        "pages.topic": [{"slug": article.topics[0].slug}],
        "comments.thread": [
            {"slug": article.slug, "?": f"?q={LONG_WORD[:90]}"},
            {"slug": article.slug, "?": "?q=Comment"},
        ],
        "comments.show": [{"comment_id": deepest.id}],
        "comments.replies": comment,
        "comments.reply": comment,
        "comments.confirm_delete": [{"comment_id": first.id}, {"comment_id": pinned.id}],
        "comment_actions.actions": [{"comment_id": each.id} for each in (first, pinned, removed, held)],
        "comment_actions.revisions": [{"comment_id": first.id}],
        "editing.edit_form": [{"comment_id": first.id}],
        "reports.reporting": [{"comment_id": pinned.id}, {"comment_id": about.id}],
        "appeals.statement": [{"decision_id": removal.id}],
        "appeals.statement_on": [{"comment_id": removed.id}],
        "appeals.statement_of": [{"measure_id": warning.id}],
        "appeals.keyed_own": [{"key": key}],
        "appeals.keyed_statement": [{"key": key, "decision_id": removal.id}],
        "appeals.answering": [{"appeal_id": appealed.id}],
        "claims.claim": claim,
        "claims.deciding": claim,
        "claims.revising": claim,
        "factchecks.publisher": [
            {"slug": publisher} for publisher in db.session.scalars(select(Publisher.slug))
        ],
        "factchecks.index": [{}, {"?": "?verdict=false"}],
        "desk.reports": [{}, {"?": "?answered=yes"}],
        "queues.queue": [{"name": name} for name in ("reported", "held", "unreviewed", "appeals", "removed")],
        "moderated_people.show": [{"username": other.username}, {"username": reader.username}],
        "moderated_threads.show": slugs,
        "moderation.deciding": [
            {"comment_id": first.id, "action": "remove"},
            {"comment_id": first.id, "action": "approve"},
            {"comment_id": first.id, "action": "pin"},
            {"comment_id": pinned.id, "action": "unpin"},
            {"comment_id": removed.id, "action": "restore"},
        ],
        "listed_words.show": [{"name": "banned"}],
        "people.person": [{"username": reader.username}, {"username": other.username}],
        "notifications.unsubscribe_form": [{"token": unsubscribing.link_for(reader.id).rpartition("/")[2]}],
    }
