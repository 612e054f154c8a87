"""Permissions of the whole site, in three tables. Anything that is in none of them is refused.

A route is checked before anything else happens. An act is checked again in its action, by who owns its object.
Measures in force on a person take rights of their role away; a ban takes all, since it ends every session; being
muted by others takes none. Rules that depend on the object's own state (15 minutes to edit, already removed) are in
the features' policies and actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from reader.enums import DescribedEnum


class Role(StrEnum):
    """Roles of people, least trusted first; each may do everything that those before it may."""

    READER = "reader"
    MODERATOR = "moderator"
    EDITOR = "editor"
    ADMIN = "admin"


class MeasureKind(DescribedEnum):
    """Measures that moderators can take against a person, mildest first.

    ``label`` is the name shown, ``means`` the consequence.
    """

    label: str
    means: str

    NOTE = "note", "Note", "A remark among moderators, told to nobody else. Nothing follows from it."
    WARNING = "warning", "Warning", "You can write again as soon as you have confirmed that you read it."
    PREMODERATION = (
        "premoderation",
        "Pre-moderated",
        "What you write waits until a moderator has read it.",
    )
    SUSPENSION = "suspension", "Suspension", "You can read, but write nothing until it is over."
    BAN = "ban", "Ban", "You can’t log in, and so write nothing."


class On(StrEnum):
    """Relation of an act's object to the person who acts."""

    OWN = "own"  # themselves, or what they wrote
    OTHERS = "others'"  # somebody else, or what somebody else wrote
    BELOW = "below"  # somebody who is trusted with less
    ABOVE = "above"  # somebody else who is trusted with as much or more
    SITE = "the site's"  # what is nobody's own
    PUBLIC = "public"  # what the public may see
    HIDDEN = "hidden"  # what it may not see: drafts, what is to come, what there isn't


class Who(NamedTuple):
    """People who may do something: those with this role or a more trusted one (None: visitors, too).

    ``but_not`` names the measures that take this right away while they are in force. What is done ``by_command`` asks
    for no password, so one that is due takes no right away there.
    """

    role: Role | None
    but_not: frozenset[MeasureKind] = frozenset()
    by_command: bool = False


Cells = Mapping[On, Who]
Cell = TypeVar("Cell")

_SILENT = frozenset({MeasureKind.SUSPENSION, MeasureKind.BAN})
EVERYBODY = Who(None)
MEMBERS = Who(Role.READER)
WRITERS = Who(Role.READER, _SILENT)
POSTERS = Who(Role.READER, _SILENT | {MeasureKind.WARNING})
MODERATORS = Who(Role.MODERATOR, _SILENT)
EDITORS = Who(Role.EDITOR, _SILENT)
PUBLISHERS = Who(Role.EDITOR, _SILENT, by_command=True)


def _each(rows: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cell of each name in a row's words. ValueError where a name stands in two rows."""
    table: dict[str, Cell] = {}
    for names, cell in rows.items():
        for name in names.split():
            if name in table:
                raise ValueError(f"{name} stands twice in a table of the policy")
            table[name] = cell
    return table


# Endpoints, and who may use them.
ROUTES: Mapping[str, Who] = _each(
    {
        """
        pages.front pages.about pages.method pages.moderation pages.archive pages.article pages.author pages.topic
        pages.feeds.articles_atom pages.feeds.articles_json pages.feeds.comments_atom
        pages.feeds.corrections_atom pages.feeds.verdicts_atom pages.moderation_report
        pages.crawling.news_sitemap pages.crawling.robots pages.crawling.security_txt
        pages.crawling.sitemap pages.crawling.sitemap_part
        claims.claim people.person factchecks.corrections factchecks.index factchecks.publisher
        factchecks.publishers comments.replies comments.show comments.thread comment_actions.actions
        moderation.log live.events assets.serve health.livez health.readyz health.show_metrics
        accounts.login accounts.login_form accounts.logout accounts.register accounts.register_form
        notifications.unsubscribe notifications.unsubscribe_form
        appeals.keyed_appeal appeals.keyed_own appeals.keyed_statement
        """: EVERYBODY,
        """
        accounts.account accounts.acknowledge accounts.change_password accounts.end_other_sessions
        accounts.end_session accounts.mute accounts.muted_sheet accounts.set_shortcuts accounts.unmute
        appeals.appeal appeals.own appeals.statement appeals.statement_of appeals.statement_on
        comment_actions.revisions comments.confirm_delete comments.create comments.delete comments.recommend
        comments.reply editing.edit editing.edit_form editing.names visiting.seen visiting.visit
        notifications.choose_mail notifications.follow_article notifications.follow_claim
        notifications.index notifications.mail_form notifications.read
        reports.own reports.report reports.reporting
        """: MEMBERS,
        """
        appeals.answer appeals.answering
        moderation.approve moderation.deciding moderation.pin moderation.remove moderation.restore
        queues.decide queues.queue queues.some queues.start queues.undo
        moderated_people.end moderated_people.show moderated_people.take clearing.go_on
        moderated_threads.change moderated_threads.show
        listed_words.change listed_words.lists listed_words.show
        """: MODERATORS,
        """
        desk.answer desk.reports desk.seen
        claims.decide claims.deciding claims.revise claims.revising
        """: EDITORS,
    }
)

# Actions, and who may do each with what. They are called as the functions that do them, but for `reply`, a part of
# posting, `post_unscreened`, which is to be beyond the rules of the discussion, and what is only seen: `preview` and
# `see_revisions`. A measure on a person or a discussion is called as the log calls it.
ACTS: Mapping[str, Cells] = _each(
    {
        "post_comment": {On.SITE: POSTERS},
        "post_unscreened": {On.SITE: MODERATORS},
        "reply": {On.OWN: POSTERS, On.OTHERS: POSTERS},
        "edit_comment": {On.OWN: WRITERS},
        "delete_comment appeal": {On.OWN: MEMBERS},
        "see_revisions": {On.OWN: MEMBERS, On.OTHERS: MODERATORS},
        "recommend report_comment report_facts": {On.OTHERS: WRITERS},
        "take_back mute unmute": {On.OTHERS: MEMBERS},
        "visit follow unfollow": {On.SITE: MEMBERS},
        "read choose acknowledge set_shortcuts": {On.OWN: MEMBERS},
        "change_password end_session end_other_sessions end_all_sessions": {On.OWN: MEMBERS},
        "set_role": {},  # by a command alone
        "approve_comment remove_comment restore_comment pin_comment unpin_comment": {On.OTHERS: MODERATORS},
        "undo_decision": {On.OTHERS: MODERATORS},
        # Against what others decided, about people who could be acted on as well.
        "answer_appeal": {On.OTHERS: MODERATORS, On.BELOW: MODERATORS},
        "note warning premoderation suspension ban end_measure go_on": {On.BELOW: MODERATORS},
        "set_thread close open close-later slow end-slow read-first end-read-first": {On.SITE: MODERATORS},
        "save_words": {On.SITE: MODERATORS},
        "set_verdict revise_claim see_fact_report answer_fact_report": {On.SITE: EDITORS},
        "publish": {On.SITE: PUBLISHERS},
        "preview": {On.HIDDEN: EDITORS},
    }
)

# Rooms by kind, and who may follow each.
ROOMS: Mapping[str, Cells] = {
    "front": {On.SITE: EVERYBODY},
    "article": {On.PUBLIC: EVERYBODY},
    "claim": {On.PUBLIC: EVERYBODY},
    "person": {On.OWN: MEMBERS},
    "verdicts": {On.SITE: EVERYBODY},
    "moderation": {On.SITE: MODERATORS},
}


class Person(Protocol):
    """The parts of a user that the policy needs."""

    @property
    def id(self) -> int:
        """The person's id."""

    @property
    def role(self) -> str:
        """The person's role."""

    @property
    def acts_as(self) -> str:
        """The role whose rights the person has now."""

    @property
    def is_authenticated(self) -> bool:
        """True if the person is logged in."""


_RANKS = {role.value: rank for rank, role in enumerate(Role)}


def who_may(act: str, on: On) -> Who | None:
    """Return the people who may do this; None if nobody may."""
    return ACTS.get(act, {}).get(on)


def who_follows(room: str, on: On) -> Who | None:
    """Return the people who may follow a room of this kind; None if nobody may."""
    return ROOMS.get(room, {}).get(on)


def may(act: str, person: Person | None, on: On = On.SITE) -> bool:
    """Return True if the person (None: a visitor) has the role for this; ignores measures in force on them."""
    return is_among(person, who_may(act, on))


def is_among(person: Person | None, who: Who | None) -> bool:
    """Return True if the person has the rights of the required role now; ignores measures in force on them."""
    if who is None or who.role is None:
        return who is not None
    if who.by_command:
        return has_role(person, who.role)
    return at_least(person, who.role)


def at_least(person: Person | None, role: Role) -> bool:
    """Return True if the person has the rights of this role now; visitors have none."""
    return has_role(person, role) and person is not None and _RANKS[person.acts_as] >= _RANKS[role.value]


def has_role(person: Person | None, role: Role) -> bool:
    """Return True if the person was given this role or a more trusted one, whether they have its rights now or not."""
    return person is not None and person.is_authenticated and _RANKS[person.role] >= _RANKS[role.value]


def whose(person: Person | None, owner_id: int) -> On:
    """Return whether a thing is the person's own or somebody else's."""
    return On.OWN if person is not None and person.id == owner_id else On.OTHERS


def rank(person: Person, other: Person) -> On:
    """Return the relation of ``other`` to ``person``: the same person, one below, or one above."""
    if person.id == other.id:
        return On.OWN
    return On.BELOW if _RANKS[person.role] > _RANKS[other.role] else On.ABOVE


def is_demotion(before: Role, after: Role) -> bool:
    """Return True if the new role is less trusted than the old one."""
    return _RANKS[after.value] < _RANKS[before.value]
