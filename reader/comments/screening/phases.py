"""The rules about a comment's text and its author, each a pure function, in the order in which they are asked.

What is known is gathered before (:mod:`reader.comments.screening.gathering`). The first phase with a ruling decides.
Length, the state of the discussion, measures on the author, the rate and slow mode come before all of them, in this
order: see :mod:`reader.comments.drafts` and :mod:`reader.comments.screening.measures`. Pre-moderation is no more
than holding: what a rule refuses is refused all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from reader.comments.screening.rules import Rule
from reader.comments.screening.word_lists import WordList
from reader.text.letters import fold

REPEATED = "You have already posted this text. Say something new."
BANNED = "There are words in it that are not welcome here: {words}. Say it in others."
# What is shorter than this may be said again and again: thanks, for instance.
REPEATABLE = 40
_UNSAID = re.compile(r"[\W_]+")
_UNSAID_ASCII = bytes(code for code in range(128) if not chr(code).isalnum())


class Consequence(StrEnum):
    """Outcome that a rule asks for."""

    REFUSE = "refuse"
    HOLD = "hold"
    REPORT = "report"


@dataclass(frozen=True)
class Ruling:
    """A rule's decision, the words of the text that led to it, and, for a refusal, the reason told to the author."""

    rule: Rule
    outcome: Consequence
    words: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class ScreeningFacts:
    """Input of the rules: the typed text, and the words of it that are ``seen``, if they differ.

    ``before`` is what was seen of the author's latest texts; ``spam`` is what the classifier says.
    """

    body: str
    seen: str = ""
    links: tuple[str, ...] = ()
    age: timedelta = timedelta(days=365)
    published: int = 1
    before: tuple[str, ...] = ()
    banned: WordList = WordList(())
    suspect: WordList = WordList(())
    links_after: timedelta = timedelta(0)
    hold_first: int = 0
    spam: bool | None = None

    def listed(self, words: WordList) -> tuple[str, ...]:
        """The words of a list that stand in what was typed or in what is seen of it, each once."""
        texts = dict.fromkeys((self.body, self.seen or self.body))
        return tuple(dict.fromkeys(hit.written for text in texts for hit in words.find(text)))


def repeat(facts: ScreeningFacts) -> Ruling | None:
    """The same person said the same a moment ago."""
    said = _bare(facts.seen or facts.body)
    if len(said) < REPEATABLE or said not in map(_bare, facts.before):
        return None
    return Ruling(Rule.REPEAT, Consequence.REFUSE, reason=REPEATED)


def banned_words(facts: ScreeningFacts) -> Ruling | None:
    """Words that nobody may use here."""
    found = facts.listed(facts.banned)
    if not found:
        return None
    reason = BANNED.format(words=", ".join(f"“{word}”" for word in found))
    return Ruling(Rule.BANNED_WORDS, Consequence.REFUSE, found, reason)


def links_of_newcomers(facts: ScreeningFacts) -> Ruling | None:
    """Links by somebody who came a short time ago."""
    if not facts.links or facts.age >= facts.links_after:
        return None
    return Ruling(Rule.LINKS, Consequence.HOLD, facts.links)


def suspect_words(facts: ScreeningFacts) -> Ruling | None:
    """Words that a moderator should see in their context."""
    found = facts.listed(facts.suspect)
    return Ruling(Rule.SUSPECT_WORDS, Consequence.REPORT, found) if found else None


def first_comments(facts: ScreeningFacts) -> Ruling | None:
    """The first few comments of anybody."""
    return Ruling(Rule.FIRST, Consequence.HOLD) if facts.published < facts.hold_first else None


def classifier(facts: ScreeningFacts) -> Ruling | None:
    """Text that the outside classifier takes for spam."""
    return Ruling(Rule.CLASSIFIER, Consequence.HOLD) if facts.spam else None


PHASES: Mapping[Rule, Callable[[ScreeningFacts], Ruling | None]] = {
    Rule.REPEAT: repeat,
    Rule.BANNED_WORDS: banned_words,
    Rule.LINKS: links_of_newcomers,
    Rule.SUSPECT_WORDS: suspect_words,
    Rule.FIRST: first_comments,
    Rule.CLASSIFIER: classifier,
}


def screen(facts: ScreeningFacts) -> Ruling | None:
    """Return the ruling of the first phase that has one."""
    return next(filter(None, (phase(facts) for phase in PHASES.values())), None)


def _bare(text: str) -> str:
    if text.isascii():  # as most are, six of which are looked at for each comment: a tenth of the time
        return text.lower().encode().translate(None, _UNSAID_ASCII).decode()
    return _UNSAID.sub("", fold(text))
