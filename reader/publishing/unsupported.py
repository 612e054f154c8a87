"""Constructs of other programs in a body, which an article here would show as typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

# Ignored: characters behind a backslash, inline code, the address of a link.
_MASKED = re.compile(
    r"\\[!-/:-@\[-`{-~]|(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])*?(?<!`)\1(?!`)|(?<=\])\(<?[^()\s]*>?\)|<\w+:[^<>\s]*>"
)
_MASK = "\ufffc"
_LEAD = r"^[\s>]*"
_ITEM = r"(?:[-*+]|\d{1,9}[.)])\s+"
_CODE = frozenset({"fence", "code_block", "html_block"})


@dataclass(frozen=True)
class Construct:
    """Something that isn't supported: how it looks, what it is called, and what to do about it."""

    form: re.Pattern[str]
    name: str
    advice: str = "remove it"


def _construct(name: str, form: str, advice: str = "remove it", flags: int = 0) -> Construct:
    return Construct(re.compile(form, flags), name, advice)


# What one of them matches is not looked at by those that follow.
CONSTRUCTS = (
    _construct("a table", _LEAD + rf"(?:{_ITEM})?(?=[^|\n]*\|)(?=[^-\n]*-)[|:\s-]+$", "write a list"),
    _construct("a footnote", r"\[\^[^\]\s]+\]|\^\[[^\]]+\]", "write it in the text, or list a source"),
    _construct("a task list", _LEAD + _ITEM + r"\[[ xX]\](?:\s|$)", "write a list"),
    _construct("a template’s tag", r"\{\{|\}\}|\{%|%\}|\{#\s|<%", "write what it stands for"),
    _construct("a container", _LEAD + r":::", "write a paragraph or a quotation"),
    _construct(
        "an admonition", _LEAD + r"(?:!!!|\?\?\?\+?)\s+\w|\[![A-Z]+\]", "write a paragraph or a quotation"
    ),
    _construct(
        "a table of contents", _LEAD + r"(?:\[{1,2}_?toc_?\]{1,2}|\$\{toc\}|\{:\s*toc\s*\})\s*$", flags=re.I
    ),
    _construct("a picture", r"!\[\[|!\[[^\]]*\][(\[]", "an article has one, the key “image”"),
    _construct("a wiki link", r"\[\[[^\]]+\]\]", "write [words](address)"),
    _construct(
        "a shortcode",
        r"\[/[a-z][\w-]*\]|\[[a-z][\w-]*(?:\s+[\w-]+=[^\]\s][^\]]*)\](?![(\[])"
        r"|\[(?:gallery|caption|embed|audio|video|playlist|youtube|vimeo|tweet|contact-form[\w-]*)(?:\s[^\]]*)?\](?![(\[])",
        "write what it stands for",
        re.I,
    ),
    _construct("a mark", r"(?<![=\w])==(?=[^\s=])[^=\n]*[^\s=]==(?![=\w])", "write *emphasis*"),
    _construct("a deletion", r"(?<!~)~~(?=[^\s~])[^~\n]*[^\s~]~~(?!~)", "leave the words out"),
    _construct(
        "an insertion", r"(?<![+\w])\+\+(?=[^\s+])[^+\n]*[^\s+]\+\+(?![+\w])", "write the words alone"
    ),
    _construct(
        "a formula",
        r"\$\$|\$(?=[^\s$])(?=[^$\n]*[\\^_={])[^$\n]*[^\s$]\$(?!\d)|\\begin\{",
        "write it in words or in letters",
    ),
    _construct(
        "a raised or lowered sign", r"\w~[^\s~]+~|\w\^[^\s^]+\^", "write it in letters, such as ² or ₂"
    ),
    _construct("attributes in braces", r"\{[:#.][^{}\n]*\}"),
    _construct("an abbreviation’s meaning", _LEAD + r"\*\[[^\]]+\]:", "write it in the text"),
    _construct("a list of terms", _LEAD + r":\s+\S", "write a list"),
    _construct("a sign’s name", r"(?<![\w:/]):[a-z][a-z0-9_+-]*:(?![\w:/])", "write the sign itself"),
    _construct("a heading without its space", _LEAD + r"#{2,6}[^\s#]", "put a space behind the #"),
    _construct(
        "a link that isn’t whole",
        # words behind the address that are no title in quotes
        r"\]\((?!\s*<?[^\s()<>]*>?\s*(?:[\"'(]|\)))[^)\n]*\s[^)\n]*\)",
        "an address has no spaces; write %20",
    ),
)
_FRONT_MATTER = re.compile(
    r"(?:---|\+\+\+)[ \t]*\n(?:[\w-]+[ \t]*[:=].*\n)+(?:---|\+\+\+)[ \t]*(?:\n|\Z)|\{\n\s*\""
)


def unsupported(body: str, tokens: list[Token]) -> Iterator[tuple[int, str]]:
    """Yield the lines of a body, counted from 0, that are shown as they were typed, and why."""
    if _FRONT_MATTER.match(body):
        yield 0, _said("front matter of another program", "move its keys up")
    for number, line in enumerate(_masked(body, tokens).split("\n")):
        rest = line
        for one in CONSTRUCTS:
            if one.form.search(rest):
                yield number, _said(one.name, one.advice)
                rest = one.form.sub(lambda found: _MASK * len(found[0]), rest)


def _said(name: str, advice: str) -> str:
    return f"holds {name}, which isn’t supported and is shown as it was typed; {advice}"


def _masked(body: str, tokens: list[Token]) -> str:
    """The body without what is code, and without what can’t be anything but itself."""
    lines = body.split("\n")
    for token in tokens:
        if token.type in _CODE and token.map:
            start, end = token.map
            lines[start:end] = [""] * (end - start)
    return _MASKED.sub(lambda found: re.sub(r"[^\n]", _MASK, found[0]), "\n".join(lines))
