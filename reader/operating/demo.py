"""``reader demo``: a site with sample articles, people and a conversation, to be looked at and played with.

It has an instance of its own, with SQLite, so that it never touches a real site. The instance is made by another
process, beside its place, and moved there when it is complete: an interrupted first start leaves nothing behind.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

import click

from reader.accounts.actions import register
from reader.accounts.models import User
from reader.app import foundation
from reader.articles.queries import published_by_slug
from reader.comments.posting.actions import Draft, post_comment
from reader.config import PACKAGE, Settings
from reader.db import schema
from reader.db.base import db
from reader.errors import Refused
from reader.factchecks.queries import claim_by_slug
from reader.instance import permissions
from reader.instance.folder import make_instance
from reader.policy import Role
from reader.publishing.actions import examine, publish
from reader.serving import gunicorn

SAMPLES = PACKAGE / "publishing" / "samples"


class Login(NamedTuple):
    """Somebody whom the visitor of the demo can be."""

    name: str
    password: str
    role: Role
    may: str


LOGINS = (
    Login("reader", "reader reads the news", Role.READER, "discusses"),
    Login("moderator", "moderator keeps the peace", Role.MODERATOR, "removes comments, with a reason"),
    Login("editor", "editor checks the facts", Role.EDITOR, "decides verdicts as well"),
)


class Said(NamedTuple):
    """A comment of somebody invented; ``answers`` counts back to the one it answers."""

    name: str
    body: str
    answers: int | None = None
    claim: str | None = None


CONVERSATION = {
    "the-second-that-will-not-leap": (
        Said(
            "Marit",
            "The smearing is the part I did not know. So for one day two big companies can each be "
            "right and still half a second apart?",
        ),
        Said(
            "old_sailor",
            "They can, and were. We set our chronometer by the radio, and the radio was *neither* "
            "of the two.",
            answers=1,
        ),
        Said(
            "Tomasz",
            "“Abolished” was in my paper as well. Thank you for looking into it.",
            claim="leap-second-abolished",
        ),
        Said(
            "Marit",
            "> It decided that the permitted difference shall be made larger\n\nThat is a very polite "
            "way of putting the question off.",
            answers=1,
        ),
    ),
    "twenty-four-pixels": (
        Said(
            "Ines",
            "I use a tremor setting on my phone. Twenty-four is the least, not the goal: most buttons "
            "that I hit at the first try are nearer forty.",
        ),
        Said(
            "halvard",
            "Is a link in running text really exempt? Three of them side by side are hard to tell "
            "apart with a thumb.",
            claim="wcag22-every-button-24",
        ),
        Said("Ines", "It is, and you are right. Some leading helps more than any rule.", answers=1),
    ),
    "two-ways-to-build-for-ai": (
        Said(
            "Tomasz",
            "Good that the fund is marked as *reported* only. I have seen the figure quoted as a "
            "fact for days.",
            claim="mgx-fifty-billion-fund",
        ),
    ),
}


def instance(settings: Settings) -> Path:
    """Folder of the demo: beside the real site's files, never among them."""
    return settings.instance / permissions.DEMO


def serve(settings: Settings, *, fresh: bool) -> None:
    """Make the demo unless there is one, say how to use it, and serve it until told to stop."""
    gunicorn.claim_address(settings.bind)
    place = instance(settings)
    if fresh and place.exists():
        shutil.rmtree(place)
    if not place.exists():
        make_instance(settings.instance.absolute())
        click.echo("Making the demo: its articles, people and conversation …")
        _make(place)
    demo = replace(settings, instance=place, database_url=None, redis_url=None, workers=1)
    gunicorn.serve(demo, ready=lambda: click.echo(_welcome(demo)))


def _make(place: Path) -> None:
    # In a process of its own: hashing passwords starts threads, and a server must not fork with any.
    unfinished = place.with_name(f"{place.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "reader.operating.demo", unfinished], check=False)  # noqa: S603
    if made.returncode:
        raise Refused("The demo could not be made; what went wrong stands above.")
    unfinished.rename(place)


def furnish(place: Path) -> None:
    """Make the demo's database in ``place``, with all that is in it."""
    with foundation(Settings(instance=place)).app_context():
        schema.upgrade()
        people = {login.name: _person(login.name, login.password, login.role) for login in LOGINS}
        for _ in publish(examine([SAMPLES]), by=people["editor"]):
            pass
        for slug, conversation in CONVERSATION.items():
            _talk(slug, conversation, people)
        db.session.remove()
        db.engine.dispose()


def _person(name: str, password: str, role: Role = Role.READER) -> User:
    return register(name, f"{name}@example.org", password, role=role)


def _talk(slug: str, conversation: tuple[Said, ...], people: dict[str, User]) -> None:
    article = published_by_slug(slug)
    if article is None:
        raise LookupError(f"there is no sample {slug}")
    posted: list[int] = []
    for number, said in enumerate(conversation):
        if said.name not in people:
            people[said.name] = _person(said.name, f"nobody logs in as {said.name}")
        comment, _ = post_comment(
            article,
            by=people[said.name],
            draft=Draft(
                body=said.body,
                submission_id=str(uuid5(NAMESPACE_URL, f"{slug}#{number}")),
                parent_id=None if said.answers is None else posted[-said.answers],
                claim_id=None if said.claim is None else _claim_id(said.claim),
            ),
        )
        posted.append(comment.id)


def _claim_id(slug: str) -> int:
    claim = claim_by_slug(slug)
    if claim is None:
        raise LookupError(f"no sample has the claim {slug}")
    return claim.id


def _welcome(settings: Settings) -> str:
    return "\n".join(_lines(settings))


def _lines(settings: Settings) -> Iterator[str]:
    widths = [max(len(login[column]) for login in LOGINS) for column in range(2)]
    yield f"\nThe demo is at http://{settings.bind}\n"
    yield "Log in as one of these; the other window stays an anonymous reader:"
    for name, password, _, may in LOGINS:
        yield f"  {name:{widths[0]}}   password: {password:{widths[1]}}   {may}"
    yield f"\nWhat you write is kept in {settings.instance}; --fresh starts over. Ctrl+C ends it."


if __name__ == "__main__":
    furnish(Path(sys.argv[1]))
