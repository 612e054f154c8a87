"""All rules before publishing, in the order in which they are asked, and what everybody is told of each."""

from __future__ import annotations

from collections.abc import Mapping

from limits import parse

from reader.config import Settings
from reader.enums import DescribedEnum
from reader.text.english import plural, spell

MAX_LENGTH = 5000


class Rule(DescribedEnum):
    """A rule. ``label`` is how moderators read of it, ``says`` what it does, with the site's own numbers in braces."""

    label: str
    says: str

    LENGTH = (
        "length",
        "Length",
        "A comment has something to read in it, and {longest:,} characters at most. Others are refused.",
    )
    CLOSED = (
        "closed",
        "Closed discussion",
        "Where a discussion is closed, everybody can read it, and nothing is added to it.",
    )
    MEASURE = (
        "measure",
        "Measure on its author",
        "Whoever is suspended or banned posts nothing, and whoever was warned confirms first that they read it.",
    )
    RATE = (
        "rate",
        "Rate",
        "More than {rate} of one person are refused, and they are told how long to wait.",
    )
    SLOW = (
        "slow",
        "Slow mode",
        "Where a discussion is in slow mode, each person waits between two comments for as long as it says there.",
    )
    REPEAT = (
        "repeat",
        "Repeat",
        "What you have just said in the same words is refused, unless it is short.",
    )
    BANNED_WORDS = (
        "banned-words",
        "Banned words",
        "What has words in it that moderators have put on a list of banned ones is refused, and you are told which.",
    )
    THREAD = (
        "thread",
        "Pre-moderated discussion",
        "Where a discussion is pre-moderated, each comment waits for a moderator.",
    )
    PERSON = (
        "person",
        "Pre-moderated author",
        "Where moderators have pre-moderated somebody, what they write waits for one.",
    )
    LINKS = (
        "links",
        "Links of a new account",
        "What has links in it waits for a moderator, if the account is younger than {links_after}.",
    )
    SUSPECT_WORDS = (
        "suspect-words",
        "Suspect words",
        "What has words in it that are on another list is published, and moderators are asked to look.",
    )
    FIRST = (
        "first",
        "First comments",
        "The first {hold_first} of an account wait for a moderator.",
    )
    CLASSIFIER = (
        "classifier",
        "Spam filter",
        "What another service takes for spam waits for a moderator. It is sent the text, your name and your network"
        " address, which nobody here keeps.",
    )


def described(settings: Settings) -> Mapping[Rule, str]:
    """Public descriptions of the rules that this site has, in their order."""
    rate = parse(settings.limit_comments)
    numbers = {
        "longest": MAX_LENGTH,
        "rate": f"{plural(rate.amount, 'comment')} in {spell(rate.get_expiry())}",
        "links_after": plural(settings.links_after, "hour"),
        "hold_first": plural(settings.hold_first, "comment"),
    }
    is_off = {
        Rule.LINKS: not settings.links_after,
        Rule.FIRST: not settings.hold_first,
        Rule.CLASSIFIER: settings.classifier_url is None,
    }
    return {rule: rule.says.format(**numbers) for rule in Rule if not is_off.get(rule, False)}
