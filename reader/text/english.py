"""Small pieces of English that templates need again and again."""

from collections.abc import Iterable

from markupsafe import Markup, escape


def plural(number: int, one: str, many: str | None = None) -> str:
    """The number with its noun: ``1 comment``, ``12,400 comments``, ``2 replies`` (given ``replies``)."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def up_to(number: int, most: int) -> str:
    """The number as it is, or ``500+`` for one that was counted no further than ``most``."""
    return f"{number:,}" if number <= most else f"{most:,}+"


def spell(seconds: int) -> str:
    """A stretch of time in its largest unit, rounded up: ``30 seconds``, ``5 minutes``, ``2 hours``."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length or seconds == length:
            return plural(-(-seconds // length), unit)
    return plural(seconds, "second")


def joined(parts: Iterable[object]) -> Markup:
    """The parts that exist with a dot between them, which a stylesheet hides where it would begin or end a line."""
    items = [escape(part) for part in parts if part]
    dot = Markup('<span class="dot"> · </span>')
    pieces = [
        Markup("<span>{}{}</span>").format(dot if number else "", item) for number, item in enumerate(items)
    ]
    return Markup('<span class="joined">{}</span>').format(Markup().join(pieces))


def listing(items: Iterable[object]) -> Markup:
    """The items as a sentence lists them: ``a``, ``a and b``, ``a, b and c``; markup stays markup."""
    *most, last = [escape(item) for item in items] or [Markup("")]
    return Markup(" and ").join([Markup(", ").join(most), last]) if most else last
