"""Names after an ``@``: which of them mean somebody here."""

from __future__ import annotations

import re
import unicodedata

from markdown_it.rules_inline import StateInline

from reader.text.letters import INVISIBLE, MARKS

# A name begins with a letter or a digit and ends with one, marks included. Somebody else is meant, or something, where
# it goes on as an address (@bob@mastodon.example, @bob:matrix.org), a package (@babel/core) or past a sign nobody sees.
_NAME = re.compile(
    rf"@(?P<name>(?>[^\W_][{MARKS}]*(?:[\w.{MARKS}-]*[^\W_][{MARKS}]*)?))"
    rf"(?!_*@|[/+]\w|:[\w-]+\.\w|[{INVISIBLE}]+[\w@])"
)
_JOINED = frozenset("@/.+-")


def mention(state: StateInline, silent: bool) -> bool:
    """Set a name apart. What is escaped, in code, in a link or in an address for mail never comes here as one."""
    if state.src[state.pos] != "@" or silent or state.linkLevel > 0:
        return False
    found = _NAME.match(state.src, state.pos, state.posMax)
    if found is None or _is_joined(state.src, state.pos):
        return False
    state.push("mention", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _is_joined(text: str, place: int) -> bool:
    """Return True if the text before the ``@`` belongs to it. Underscores may begin emphasis."""
    before = text[:place].rstrip("_")[-1:]
    return (
        before in _JOINED or before.isalnum() or unicodedata.category(before)[0] == "M" if before else False
    )
